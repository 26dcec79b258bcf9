import type {
  JsonObject,
  JsonValue,
  ModelFinish,
  ModelFinishReason,
  ModelStreamPart,
  ModelUsage,
  ProviderData,
} from '@pf-agents/agent-core'
import { arrayOf, countOf, defined, isObject, numberOf, objectOf, stringOf } from '../wire/json'
import { type DecoderContext, noAnswer, StreamError, type WireDecoder } from '../wire/wire'

interface Item {
  kind: 'message' | 'reasoning' | 'function_call' | 'other'
  /** Id of the open block, or of the call. */
  id: string
  name: string
  /** A block of text is open. */
  open: boolean
  /** What came of it: characters of text or thought. */
  length: number
  pieces: string[]
}

/** Reads an answer of OpenAI's Responses interface. Items are told apart by their place: ids may differ between events. */
export class ResponsesDecoder implements WireDecoder {
  responseId: string | undefined
  modelId: string | undefined
  done = false
  readonly #context: DecoderContext
  readonly #provider: string
  readonly #items = new Map<number, Item>()
  /** Places of items that had their end. */
  readonly #over = new Set<number>()
  /** Calls that are whole by the item's own end; whether they were cut, only the end of the answer tells. */
  #written: { item: Item; text: string; own: { providerData?: ProviderData } }[] = []
  #end: JsonObject | undefined
  #refused = false
  #called = false

  constructor(context: DecoderContext, provider: string) {
    this.#context = context
    this.#provider = provider
  }

  event(value: JsonObject, name: string | undefined): void {
    const type = value['type'] ?? name
    const place = numberOf(value['output_index']) as number
    switch (type) {
      case 'response.output_text.delta':
        return this.#text(this.#itemAt(place, 'message'), value['delta'])
      case 'response.refusal.delta':
        this.#refused = true
        return this.#text(this.#itemAt(place, 'message'), value['delta'])
      case 'response.function_call_arguments.delta':
        return this.#arguments(this.#items.get(place), stringOf(value['delta']) ?? '')
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#thought(this.#itemAt(place, 'reasoning'), stringOf(value['delta']) ?? '')
      case 'response.reasoning_summary_part.added':
        // Between the parts of a summary stands a blank line.
        if ((numberOf(value['summary_index']) ?? 0) > 0) this.#thought(this.#items.get(place), '\n\n')
        return
      case 'response.output_item.added':
        return this.#add(place, objectOf(value['item']))
      case 'response.output_item.done':
        return this.#done(place, objectOf(value['item']))
      case 'response.created':
        this.#about(objectOf(value['response']))
        return
      case 'response.completed':
      case 'response.incomplete':
        this.#finish(objectOf(value['response']))
        return
      case 'response.failed':
        throw new StreamError(objectOf(value['response']))
      case 'error':
        throw new StreamError(isObject(value['error']) ? value : { error: value })
      default:
      // What the items hold anyway (`.done` events), what servers' own tools do, and what is yet to come.
    }
  }

  body(value: JsonValue): boolean {
    if (!isObject(value) || !Array.isArray(value['output'])) return noAnswer(value)
    if (isObject(value['error'])) throw new StreamError(value)
    this.#about(value)
    this.#finish(value)
    return true
  }

  end(): { finish: ModelFinish; usage: ModelUsage } | undefined {
    const end = this.#end
    if (end === undefined) return undefined
    for (const item of this.#items.values()) this.#close(item)
    const raw = stringOf(objectOf(end['incomplete_details'])['reason']) ?? stringOf(end['status']) ?? 'completed'
    const reason = this.#reason(raw)
    const complete = reason !== 'length' && reason !== 'content-filter'
    for (const { item, text, own } of this.#written) {
      const { id: toolCallId, name } = item
      const written = text.trim() === '' ? '{}' : text
      this.#push({ type: 'tool-call-end', toolCallId, name, arguments: written, complete, ...own })
    }
    return { finish: { reason, raw, complete: true }, usage: usageOf(end['usage']) }
  }

  #reason(raw: string): ModelFinishReason {
    if (raw === 'max_output_tokens') return 'length'
    if (raw === 'content_filter' || this.#refused) return 'content-filter'
    if (raw !== 'completed') return 'other'
    // There is no word for calls: they are there or not.
    return this.#called ? 'tool-calls' : 'stop'
  }

  #about(response: JsonObject): void {
    this.responseId ??= stringOf(response['id'])
    this.modelId ??= stringOf(response['model'])
  }

  #finish(response: JsonObject): void {
    // Of an answer that told of no item, the end has all.
    if (this.#items.size + this.#over.size === 0) {
      arrayOf(response['output']).forEach((item, place) => this.#done(place, objectOf(item)))
    }
    this.#end = response
    this.done = true
  }

  /** The item at a place. Servers that only speak like OpenAI may never announce it: what it says is said all the same. */
  #itemAt(place: number, type: 'message' | 'reasoning'): Item | undefined {
    // Of one without a place nothing tells which end is its own: that end has all of it.
    if (typeof place === 'number' && !this.#over.has(place)) this.#add(place, { type })
    return this.#items.get(place)
  }

  #add(place: number, about: JsonObject): void {
    // Announced behind its first piece, or twice.
    if (this.#items.has(place)) return
    const type = about['type']
    const kind = type === 'message' || type === 'reasoning' || type === 'function_call' ? type : 'other'
    const item: Item = { kind, id: String(place), name: '', open: false, length: 0, pieces: [] }
    this.#items.set(place, item)
    this.#context.keep(64)
    if (kind === 'reasoning') this.#push({ type: 'reasoning-start', id: item.id })
    if (kind !== 'function_call') return
    this.#called = true
    item.id = stringOf(about['call_id']) || this.#context.random.id()
    item.name = this.#context.toolName(stringOf(about['name']) ?? '')
    this.#push({ type: 'tool-call-start', toolCallId: item.id, name: item.name })
  }

  #done(place: number, about: JsonObject): void {
    if (!this.#items.has(place)) this.#add(place, about)
    const item = this.#items.get(place) as Item
    if (item.kind === 'message') this.#doneMessage(item, about)
    else if (item.kind === 'reasoning') {
      const summary = arrayOf(about['summary'])
      if (item.length === 0)
        this.#thought(item, summary.map((one) => stringOf(objectOf(one)['text']) ?? '').join('\n\n'))
      // The copy of `added` may be partial: only this one is whole.
      const encryptedContent = stringOf(about['encrypted_content'])
      const { modelId: model } = this.#context
      const own = this.#own({ id: stringOf(about['id']), encryptedContent, summary: [...summary], model })
      this.#push({ type: 'reasoning-end', id: item.id, ...own })
    } else if (item.kind === 'function_call') {
      const text = stringOf(about['arguments']) ?? item.pieces.join('')
      if (item.length === 0) this.#arguments(item, text)
      const { caller, namespace } = about
      this.#written.push({ item, text, own: this.#own({ caller: caller ?? undefined, namespace }) })
    } else this.#doneOther(about)
    this.#items.delete(place)
    this.#over.add(place)
  }

  /** What the provider did itself goes back as it is; a picture is one of the answer, too. */
  #doneOther(about: JsonObject): void {
    const { modelId: model } = this.#context
    const { result, ...item } = about
    if (about['type'] !== 'image_generation_call' || typeof result !== 'string' || result === '') {
      return this.#push({ type: 'opaque', provider: this.#provider, model, data: about })
    }
    const mediaType = `image/${stringOf(about['output_format']) ?? 'png'}`
    this.#push({ type: 'file', mediaType, raw: result, providerData: { [this.#provider]: { item, model } } })
  }

  #doneMessage(item: Item, about: JsonObject): void {
    if (item.length === 0) {
      for (const part of arrayOf(about['content']).map(objectOf)) {
        if (part['type'] === 'refusal') this.#refused = true
        this.#text(item, part['text'] ?? part['refusal'])
      }
    }
    const { phase } = about
    const [part, ...others] = arrayOf(about['content'])
    const annotations = arrayOf(objectOf(part)['annotations'])
    // They count characters of their own part: of several parts, which are one text here, they would be wrong.
    const isKept = annotations.length > 0 && others.length === 0
    this.#close(item, this.#own({ phase: phase ?? undefined, annotations: isKept ? [...annotations] : undefined }))
  }

  /** What goes back with the part, where there is anything. */
  #own(fields: Record<string, JsonValue | undefined>): { providerData?: ProviderData } {
    const own = defined(fields) as JsonObject
    return Object.keys(own).length > 0 ? { providerData: { [this.#provider]: own } } : {}
  }

  /** The end of an item, or what there is of one that never had its own. */
  #close(item: Item, own: { providerData?: ProviderData } = {}): void {
    if (item.kind === 'message' && item.open) this.#push({ type: 'text-end', id: item.id, ...own })
    else if (item.kind === 'reasoning') this.#push({ type: 'reasoning-end', id: item.id })
    else if (item.kind === 'function_call') this.#written.push({ item, text: item.pieces.join(''), own })
    item.open = false
  }

  #text(item: Item | undefined, delta: JsonValue | undefined): void {
    if (item?.kind !== 'message' || typeof delta !== 'string' || delta === '') return
    if (!item.open) {
      item.open = true
      this.#push({ type: 'text-start', id: item.id })
    }
    item.length += delta.length
    this.#push({ type: 'text-delta', id: item.id, delta })
  }

  #thought(item: Item | undefined, delta: string): void {
    if (item?.kind !== 'reasoning' || delta === '') return
    item.length += delta.length
    this.#push({ type: 'reasoning-delta', id: item.id, delta })
  }

  #arguments(item: Item | undefined, delta: string): void {
    if (item?.kind !== 'function_call' || delta === '') return
    this.#context.hold(delta.length)
    item.length += delta.length
    item.pieces.push(delta)
    this.#push({ type: 'tool-call-delta', toolCallId: item.id, delta })
  }

  #push(part: ModelStreamPart): void {
    this.#context.sink.parts.push(part)
  }
}

function usageOf(value: JsonValue | undefined): ModelUsage {
  if (!isObject(value)) return {}
  const input = objectOf(value['input_tokens_details'])
  return defined({
    inputTokens: countOf(value['input_tokens']),
    cacheReadTokens: countOf(input['cached_tokens']),
    cacheWriteTokens: countOf(input['cache_write_tokens']),
    outputTokens: countOf(value['output_tokens']),
    reasoningTokens: countOf(objectOf(value['output_tokens_details'])['reasoning_tokens']),
    raw: value,
  })
}
