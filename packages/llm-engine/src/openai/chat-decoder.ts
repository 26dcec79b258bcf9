import type {
  JsonObject,
  JsonValue,
  ModelFinish,
  ModelFinishReason,
  ModelUsage,
  ProviderData,
} from '@pf-agents/agent-core'
import { Blocks } from '../wire/blocks'
import { arrayOf, isObject, objectOf, stringOf } from '../wire/json'
import { Sound } from '../wire/sound'
import { type DecoderContext, noAnswer, StreamError, type WireDecoder } from '../wire/wire'
import type { ChatDialect } from './chat-dialect'
import type { ChatProfile } from './chat-profile'
import { chatUsage } from './chat-usage'
import { ToolCallTracker } from './tool-calls'

const reasons: Readonly<Record<string, ModelFinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
}

/** Reads an answer of Chat Completions, of OpenAI and of those who speak like it. */
export class ChatDecoder implements WireDecoder {
  responseId: string | undefined
  modelId: string | undefined
  /** The usage came behind the end: `[DONE]` at most may follow. */
  done = false
  readonly #context: DecoderContext
  readonly #profile: ChatProfile
  readonly #dialect: ChatDialect | undefined
  readonly #blocks: Blocks
  readonly #calls: ToolCallTracker
  #details: JsonValue[] | undefined
  #sound: Sound | undefined
  #refused = false
  #raw: string | undefined
  #usage: ModelUsage | undefined

  constructor(context: DecoderContext, profile: ChatProfile, dialect?: ChatDialect) {
    this.#context = context
    this.#profile = profile
    this.#dialect = dialect
    this.#blocks = new Blocks(context.sink)
    this.#calls = new ToolCallTracker(context, profile.provider)
  }

  get ended(): boolean {
    return this.#raw !== undefined
  }

  event(chunk: JsonObject, name?: string): void {
    if (chunk['error'] || name === 'error') throw new StreamError(chunk)
    if (this.responseId === undefined) this.#about(chunk)
    const isBehind = this.ended
    const choice = objectOf(arrayOf(chunk['choices'])[0])
    this.#choice(choice)
    // Groq has it in a field of its own, Moonshot in the choice.
    const raw = chunk['usage'] ?? objectOf(chunk['x_groq'])['usage'] ?? choice['usage']
    if (isObject(raw)) {
      const usage = chatUsage(raw, this.#profile.reasoningApart === true)
      // Some gateways tell nothing first, and the figures then; or nothing behind them.
      this.done = isBehind && (usage.outputTokens ?? 0) > 0
      if (!this.#usage || usage.inputTokens || usage.outputTokens) this.#usage = usage
    }
  }

  body(value: JsonValue): boolean {
    if (!isObject(value) || !Array.isArray(value['choices'])) return noAnswer(value)
    this.event(value)
    return true
  }

  end(): { finish: ModelFinish; usage: ModelUsage } | undefined {
    const raw = this.#raw
    if (raw === undefined) return undefined
    this.#endBlock()
    this.#sound?.end()
    this.#sound = undefined
    const said = reasons[raw] ?? 'other'
    this.#calls.end(said !== 'length' && said !== 'content-filter')
    let reason = said
    if (this.#refused) reason = 'content-filter'
    // Forced calls end with `stop`, and so do all of Gemini's: what was called counts, not the word.
    else if (this.#calls.any && (said === 'stop' || said === 'other')) reason = 'tool-calls'
    else if (said === 'tool-calls' && !this.#calls.any) reason = 'stop'
    return { finish: { reason, raw, complete: true }, usage: this.#usage ?? {} }
  }

  #about(chunk: JsonObject): void {
    this.responseId = stringOf(chunk['id']) || undefined
    this.modelId = stringOf(chunk['model']) || undefined
  }

  #choice(choice: JsonObject): void {
    // Others than the first are never asked for.
    const { index } = choice
    if (typeof index === 'number' && index !== 0) return
    // What comes after the end is not part of the answer; some servers repeat the last piece with the usage.
    if (this.#raw === undefined) this.#delta((choice['delta'] ?? choice['message']) as JsonObject | null | undefined)
    const reason = choice['finish_reason']
    if (typeof reason === 'string' && reason !== '') this.#raw ??= reason
  }

  #delta(delta: JsonObject | null | undefined): void {
    if (!delta) return
    const { content } = delta
    const thought = delta['reasoning_content'] || delta['reasoning']
    if (thought) this.#think(textOf(thought))
    const details = delta['reasoning_details']
    if (this.#dialect && Array.isArray(details) && details.length > 0) this.#detail(this.#dialect, details)
    if (typeof content === 'string') this.#text(content)
    else if (content) this.#pieces(content)
    this.#refuse(delta)
    const { audio } = delta
    if (isObject(audio)) this.#audio(audio)
    if (this.#dialect && delta['images']) {
      this.#endBlock()
      this.#context.sink.parts.push(...this.#dialect.files(delta).map((file) => ({ ...file, ...this.#own() })))
    }
    const calls = delta['tool_calls']
    if (Array.isArray(calls)) {
      this.#endBlock()
      for (const call of calls) if (isObject(call)) this.#calls.add(call)
    }
  }

  #audio({ data, transcript }: JsonObject): void {
    this.#text(textOf(transcript))
    if (typeof data !== 'string' || data === '') return
    this.#sound ??= new Sound(this.#context, soundType(data))
    this.#sound.add(data, this.#own())
  }

  #refuse({ refusal }: JsonObject): void {
    if (!refusal) return
    this.#refused = true
    this.#text(textOf(refusal))
  }

  /** Content in parts, thoughts among them: Mistral's, whatever address it is at. */
  #pieces(content: JsonValue): void {
    for (const piece of [content].flat()) {
      const part = objectOf(piece)
      for (const thought of [part['thinking']].flat()) this.#think(textOf(thought))
      this.#text(textOf(piece))
      this.#refuse(part)
    }
  }

  #text(delta: string): void {
    if (delta === '') return
    if (this.#blocks.open === 'reasoning') this.#endBlock()
    this.#blocks.text(delta)
  }

  #think(delta: string): void {
    if (delta !== '') this.#blocks.reasoning(delta)
  }

  #detail(dialect: ChatDialect, details: readonly JsonValue[]): void {
    if (this.#blocks.open !== 'reasoning') this.#blocks.begin('reasoning')
    this.#context.keep(JSON.stringify(details).length + 16 * details.length)
    dialect.addThoughts((this.#details ??= []), details)
  }

  #endBlock(): void {
    if (this.#blocks.open === 'reasoning' && this.#dialect) {
      // Where there are no details it says whose thought it is: no other provider gets it.
      const own = this.#details ? this.#own({ reasoning_details: this.#details }).providerData : undefined
      this.#blocks.end(own ?? { [this.#profile.provider]: {} })
      this.#details = undefined
    } else this.#blocks.end()
  }

  /** What belongs to this model. */
  #own(fields?: JsonObject): { providerData: ProviderData } {
    return { providerData: { [this.#profile.provider]: { ...fields, model: this.#context.modelId } } }
  }
}

/** A text, or one that is a part. */
function textOf(piece: JsonValue | undefined): string {
  return stringOf(piece) ?? stringOf(objectOf(piece)['text']) ?? ''
}

/** How bytes begin, in base64: their format was asked for by the caller's own options, and the answer does not say it. */
const beginnings = { UklGR: 'wav', SUQz: 'mpeg', '//': 'mpeg', ZkxhQ: 'flac', T2dnU: 'ogg' }

function soundType(data: string): string {
  const known = Object.entries(beginnings).find(([begin]) => data.startsWith(begin))
  return `audio/${known?.[1] ?? 'pcm;rate=24000'}`
}
