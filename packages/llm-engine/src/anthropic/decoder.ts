import type {
  JsonObject,
  JsonValue,
  ModelFinish,
  ModelFinishReason,
  ModelStreamPart,
  ModelUsage,
  ProviderData,
} from '@pf-agents/agent-core'
import { arrayOf, isObject, numberOf, objectOf, parseObject, stringOf } from '../wire/json'
import { type DecoderContext, noAnswer, StreamError, type WireDecoder } from '../wire/wire'
import { callFields } from './call-fields'
import { hiddenThought } from './messages'
import { anthropicUsage, mergeUsage } from './usage'

const reasons: Readonly<Record<string, ModelFinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  pause_turn: 'pause',
  // Sent back as it is, the summary stands for what was before it, and the answer goes on.
  compaction: 'pause',
  refusal: 'content-filter',
}

type Kind = 'text' | 'reasoning' | 'tool-call' | 'other'

interface Block {
  kind: Kind
  id: string
  /** As it began; what the other kinds are rebuilt from. */
  start: JsonObject
  name: string
  pieces: string[]
  signature: string | undefined
  citations: JsonValue[] | undefined
}

/** Reads an answer of Anthropic's Messages. */
export class AnthropicDecoder implements WireDecoder {
  responseId: string | undefined
  modelId: string | undefined
  done = false
  readonly #context: DecoderContext
  readonly #blocks = new Map<number, Block>()
  /** A call that is written but may turn out to be cut: only what follows tells. */
  #written: Block[] = []
  #usage: JsonObject = {}
  #raw: string | undefined
  #called = false

  constructor(context: DecoderContext) {
    this.#context = context
  }

  event(value: JsonObject, name: string | undefined): void {
    const index = numberOf(value['index']) as number
    switch (value['type'] ?? name) {
      case 'content_block_delta':
        return this.#delta(this.#blocks.get(index), objectOf(value['delta']))
      case 'content_block_start':
        return this.#start(index, objectOf(value['content_block']))
      case 'content_block_stop':
        return this.#stop(index)
      case 'message_start':
        return this.#begin(objectOf(value['message']))
      case 'message_delta':
        return this.#end(objectOf(value['delta']), value['usage'])
      case 'message_stop':
        this.done = this.#raw !== undefined
        return
      case 'error':
        throw new StreamError(value)
      default:
      // `ping`, and what is yet to come: new events may be added at any time.
    }
  }

  body(value: JsonValue): boolean {
    if (!isObject(value) || value['type'] !== 'message') return noAnswer(value)
    this.#begin(value)
    arrayOf(value['content']).forEach((block, index) => {
      this.#start(index, objectOf(block))
      this.#stop(index)
    })
    this.#end(value, value['usage'])
    return true
  }

  end(): { finish: ModelFinish; usage: ModelUsage } | undefined {
    const raw = this.#raw
    if (raw === undefined) return undefined
    for (const index of [...this.#blocks.keys()]) this.#stop(index)
    const said = reasons[raw] ?? 'other'
    this.#flush(said !== 'length' && said !== 'content-filter')
    const reason = this.#called && (said === 'stop' || said === 'other') ? 'tool-calls' : said
    return { finish: { reason, raw, complete: true }, usage: anthropicUsage(this.#usage) }
  }

  #begin(message: JsonObject): void {
    this.responseId = stringOf(message['id'])
    this.modelId = stringOf(message['model'])
    this.#usage = mergeUsage(this.#usage, objectOf(message['usage']))
    this.#push({ type: 'usage', usage: anthropicUsage(this.#usage) })
  }

  #end(delta: JsonObject, usage: JsonValue | undefined): void {
    this.#raw = stringOf(delta['stop_reason']) ?? this.#raw
    this.#usage = mergeUsage(this.#usage, objectOf(usage))
  }

  #start(index: number, start: JsonObject): void {
    this.#flush(true)
    const kind = kindOf(start['type'])
    const id = kind === 'tool-call' ? stringOf(start['id']) || this.#context.random.id() : String(index)
    const name = kind === 'tool-call' ? this.#context.toolName(stringOf(start['name']) ?? '') : ''
    const block: Block = { kind, id, start, name, pieces: [], signature: undefined, citations: undefined }
    this.#blocks.set(index, block)
    if (kind === 'text') {
      this.#push({ type: 'text-start', id })
      this.#text(id, start['text'])
      block.citations = Array.isArray(start['citations']) ? [...start['citations']] : undefined
    } else if (kind === 'reasoning') {
      this.#push({ type: 'reasoning-start', id })
      block.signature = stringOf(start['signature'])
      const thought = stringOf(start['thinking'])
      if (thought) this.#push({ type: 'reasoning-delta', id, delta: thought })
    } else if (kind === 'other') this.#keep(start)
    else {
      this.#called = true
      this.#push({ type: 'tool-call-start', toolCallId: id, name })
      const { input } = start
      if (isObject(input) && Object.keys(input).length > 0) this.#arguments(block, JSON.stringify(input))
    }
  }

  #delta(block: Block | undefined, delta: JsonObject): void {
    if (block === undefined) return
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(block.id, delta['text'])
      case 'input_json_delta': {
        const piece = stringOf(delta['partial_json'])
        if (piece) this.#arguments(block, piece)
        return
      }
      case 'thinking_delta': {
        const thought = stringOf(delta['thinking'])
        if (thought) this.#push({ type: 'reasoning-delta', id: block.id, delta: thought })
        return
      }
      case 'signature_delta':
        // Replaces, does not append.
        this.#keep(delta)
        block.signature = stringOf(delta['signature'])
        return
      case 'citations_delta':
        this.#keep(delta)
        ;(block.citations ??= []).push(delta['citation'] ?? null)
        return
      case 'compaction_delta': {
        this.#keep(delta)
        // Not a piece: all of it.
        const { type: _, ...whole } = delta
        block.start = { ...block.start, ...whole }
        return
      }
      default:
    }
  }

  #text(id: string, text: JsonValue | undefined): void {
    if (typeof text === 'string' && text !== '') this.#push({ type: 'text-delta', id, delta: text })
  }

  #arguments(block: Block, delta: string): void {
    this.#context.hold(delta.length)
    block.pieces.push(delta)
    if (block.kind === 'tool-call') this.#push({ type: 'tool-call-delta', toolCallId: block.id, delta })
  }

  #stop(index: number): void {
    const block = this.#blocks.get(index)
    if (block === undefined) return
    this.#blocks.delete(index)
    if (block.kind === 'text') {
      this.#push({ type: 'text-end', id: block.id, ...data(block.citations && { citations: block.citations }) })
    } else if (block.kind === 'reasoning') {
      const { signature } = block
      const { modelId: model } = this.#context
      this.#push({ type: 'reasoning-end', id: block.id, ...data(signature ? { signature, model } : undefined) })
    } else if (block.kind === 'tool-call') this.#written.push(block)
    else {
      // Of these, only hidden thoughts are signed for one model.
      const own = block.start['type'] === hiddenThought && { model: this.#context.modelId }
      this.#push({ type: 'opaque', provider: 'anthropic', ...own, data: rebuilt(block) })
    }
  }

  #flush(complete: boolean): void {
    if (this.#written.length === 0) return
    for (const { id, name, pieces, start } of this.#written) {
      const text = pieces.join('')
      const written = text.trim() === '' ? '{}' : text
      const own = data(callFields(start))
      this.#push({ type: 'tool-call-end', toolCallId: id, name, arguments: written, complete, ...own })
    }
    this.#written = []
  }

  #keep(value: JsonObject): void {
    this.#context.keep(JSON.stringify(value).length)
  }

  #push(part: ModelStreamPart): void {
    this.#context.sink.parts.push(part)
  }
}

function kindOf(type: JsonValue | undefined): Kind {
  return type === 'text' ? 'text' : type === 'thinking' ? 'reasoning' : type === 'tool_use' ? 'tool-call' : 'other'
}

function data(own: JsonObject | undefined): { providerData?: ProviderData } {
  return own === undefined ? {} : { providerData: { anthropic: own } }
}

/** A block of a kind that is kept as it is; the input of calls that the provider runs itself comes in pieces. */
function rebuilt({ start, pieces }: Block): JsonObject {
  return pieces.length === 0 ? start : { ...start, input: parseObject(pieces.join('')) ?? {} }
}
