import type {
  JsonObject,
  JsonValue,
  ModelFinish,
  ModelFinishReason,
  ModelStreamPart,
  ModelUsage,
  ProviderData,
} from '@pf-agents/agent-core'
import { Blocks } from '../wire/blocks'
import { arrayOf, countOf, defined, isObject, numberOf, objectOf, stringOf, sumOf } from '../wire/json'
import { Sound } from '../wire/sound'
import { type DecoderContext, noAnswer, StreamError, type WireDecoder } from '../wire/wire'

const reasons: Readonly<Record<string, ModelFinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MALFORMED_RESPONSE: 'error',
}

/** Reads an answer of Gemini. */
export class GeminiDecoder implements WireDecoder {
  responseId: string | undefined
  modelId: string | undefined
  /** The usage came behind the end. */
  done = false
  readonly #context: DecoderContext
  readonly #blocks: Blocks
  #sound: Sound | undefined
  #usage: ModelUsage | undefined
  #raw: string | undefined
  #blocked = false
  #called = false

  constructor(context: DecoderContext) {
    this.#context = context
    this.#blocks = new Blocks(context.sink)
  }

  get ended(): boolean {
    return this.#raw !== undefined
  }

  event(chunk: JsonObject): void {
    if (chunk['error']) throw new StreamError(chunk)
    this.responseId ??= stringOf(chunk['responseId'])
    this.modelId ??= stringOf(chunk['modelVersion'])
    const { candidates } = chunk
    const isBehind = this.ended
    if (Array.isArray(candidates) && candidates.length > 0) this.#candidate(objectOf(candidates[0]))
    const blocked = stringOf(objectOf(chunk['promptFeedback'])['blockReason'])
    if (blocked !== undefined && this.#raw === undefined) {
      this.#raw = blocked
      this.#blocked = true
    }
    // Of all so far: the last counts, if it tells anything.
    if (isObject(chunk['usageMetadata'])) {
      const usage = usageOf(chunk['usageMetadata'])
      // Some gateways tell nothing first, and the figures then; or nothing behind them.
      this.done = isBehind && (usage.outputTokens ?? 0) > 0
      if (!this.#usage || usage.inputTokens || usage.outputTokens) this.#usage = usage
    }
  }

  /** Without `alt=sse` the chunks are the items of an array. */
  body(value: JsonValue): boolean {
    const chunks = Array.isArray(value) ? value : [value]
    for (const chunk of chunks) {
      if (!isObject(chunk) || !('candidates' in chunk || 'promptFeedback' in chunk || 'usageMetadata' in chunk)) {
        return noAnswer(chunk)
      }
      this.event(chunk)
    }
    return chunks.length > 0
  }

  end(): { finish: ModelFinish; usage: ModelUsage } | undefined {
    const raw = this.#raw
    if (raw === undefined) return undefined
    this.#endBlock()
    const said = this.#blocked ? 'content-filter' : (reasons[raw] ?? 'other')
    // STOP, also where there are calls.
    const reason = this.#called && said === 'stop' ? 'tool-calls' : said
    return { finish: { reason, raw, complete: true }, usage: this.#usage ?? {} }
  }

  #candidate(candidate: JsonObject): void {
    const index = numberOf(candidate['index'])
    if (index !== undefined && index !== 0) return
    if (this.#raw === undefined) {
      for (const part of arrayOf(objectOf(candidate['content'])['parts'])) if (isObject(part)) this.#part(part)
    }
    this.#raw ??= stringOf(candidate['finishReason'])
  }

  #part(part: JsonObject): void {
    const { text, functionCall, inlineData, fileData } = part
    const signature = stringOf(part['thoughtSignature'])
    const file = inlineData ?? fileData
    if (isObject(file)) this.#file(part, file, signature)
    else if (typeof text === 'string') this.#text(text, part['thought'] === true, signature)
    else if (isObject(functionCall)) this.#call(functionCall, signature)
    else if (Object.keys(part).length > 0) {
      // Code that it ran itself, and what is yet to come.
      this.#endBlock()
      this.#kept(part)
    }
  }

  #file(part: JsonObject, { mimeType, data, fileUri }: JsonObject, signature: string | undefined): void {
    const mediaType = stringOf(mimeType) ?? 'application/octet-stream'
    const isThought = part['thought'] === true
    const isSound = !isThought && mediaType.startsWith('audio/') && typeof data === 'string'
    if (!isSound || this.#sound?.mediaType !== mediaType) this.#endBlock()
    // A picture on the way to the answer is none.
    if (isThought) return this.#kept(signature && part)
    const own = this.#data(signature, undefined, this.#context.modelId)
    if (isSound) (this.#sound ??= new Sound(this.#context, mediaType)).add(data, own)
    else {
      const content = typeof fileUri === 'string' ? { url: fileUri } : { raw: stringOf(data) ?? '' }
      this.#push({ type: 'file', mediaType, ...content, ...own })
    }
  }

  #endBlock(): void {
    this.#blocks.end()
    this.#sound?.end()
    this.#sound = undefined
  }

  /** Goes back as it is. */
  #kept(part: JsonObject | '' | undefined): void {
    if (part) this.#push({ type: 'opaque', provider: 'gemini', model: this.#context.modelId, data: part })
  }

  /** A part with a signature stands for itself: it goes back alone. */
  #text(text: string, thought: boolean, signature: string | undefined): void {
    if (this.#sound !== undefined) this.#endBlock()
    if (signature !== undefined) this.#blocks.begin(thought ? 'reasoning' : 'text')
    if (text !== '') {
      if (thought) this.#blocks.reasoning(text)
      else this.#blocks.text(text)
    }
    if (signature !== undefined) this.#blocks.end(this.#data(signature).providerData)
  }

  #call(call: JsonObject, signature: string | undefined): void {
    this.#endBlock()
    this.#called = true
    const id = stringOf(call['id']) || undefined
    const toolCallId = id ?? `call_${this.#context.random.id().replaceAll('-', '').slice(0, 24)}`
    const name = this.#context.toolName(stringOf(call['name']) ?? '')
    const text = JSON.stringify(objectOf(call['args']))
    this.#push({ type: 'tool-call-start', toolCallId, name })
    this.#push({ type: 'tool-call-delta', toolCallId, delta: text })
    const data = this.#data(signature, id)
    this.#push({ type: 'tool-call-end', toolCallId, name, arguments: text, complete: true, ...data })
  }

  #data(
    thoughtSignature: string | undefined,
    id?: string,
    model = thoughtSignature && this.#context.modelId,
  ): { providerData?: ProviderData } {
    const own = defined({ id, thoughtSignature, model }) as JsonObject
    return Object.keys(own).length > 0 ? { providerData: { gemini: own } } : {}
  }

  #push(part: ModelStreamPart): void {
    this.#context.sink.parts.push(part)
  }
}

function usageOf(raw: JsonObject): ModelUsage {
  return defined({
    inputTokens: sumOf([raw['promptTokenCount'], raw['toolUsePromptTokenCount']]),
    cacheReadTokens: countOf(raw['cachedContentTokenCount']),
    outputTokens: sumOf([raw['candidatesTokenCount'], raw['thoughtsTokenCount']]),
    reasoningTokens: countOf(raw['thoughtsTokenCount']),
    raw,
  })
}
