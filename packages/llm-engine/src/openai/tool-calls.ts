import type { JsonObject, JsonValue, ModelStreamPart, ProviderData } from '@pf-agents/agent-core'
import { numberOf, objectOf, stringOf } from '../wire/json'
import type { DecoderContext, PartSink } from '../wire/wire'

interface OpenCall {
  id: string
  /** What the server calls it; empty where it gave no id. */
  givenId: string
  wireName: string
  name: string
  index: number | undefined
  pieces: string[]
  length: number
  started: boolean
  extra: JsonObject | undefined
}

/** What a call holds besides its arguments, about. */
const callLength = 64

/** Known fields of a streamed call; anything else must go back to that model as it came (Gemini's signature is there). */
const known = new Set(['index', 'id', 'type', 'function'])

/**
 * Makes calls of the deltas that servers really send: with ids missing, blank or repeated, indices missing or used
 * again, names repeated, arguments as an object. Calls close at the end only: that the arguments so far parse as JSON
 * says nothing.
 */
export class ToolCallTracker {
  readonly #sink: PartSink
  readonly #context: DecoderContext
  readonly #provider: string
  readonly #calls: OpenCall[] = []

  constructor(context: DecoderContext, provider: string) {
    this.#context = context
    this.#sink = context.sink
    this.#provider = provider
  }

  /** Whether there is any call. */
  get any(): boolean {
    return this.#calls.some(({ started }) => started)
  }

  /** One entry of `delta.tool_calls`. */
  add(delta: JsonObject): void {
    const about = objectOf(delta['function'])
    const index = numberOf(delta['index'])
    const givenId = (stringOf(delta['id']) ?? '').trim()
    const name = (stringOf(about['name']) ?? '').trim()
    const text = argumentsText(about['arguments'])
    const call = this.#find(index, givenId, name, text) ?? this.#begin(index, givenId, name)
    if (call === undefined) return
    if (call.wireName === '' && name !== '') call.wireName = name
    for (const key in delta) {
      if (known.has(key)) continue
      this.#context.keep(key.length + JSON.stringify(delta[key]).length)
      ;(call.extra ??= {})[key] = delta[key] as JsonValue
    }
    if (!call.started && call.wireName !== '') this.#start(call)
    if (text !== '') this.#append(call, text)
  }

  /**
   * The answer is over.
   * @param complete - whether the provider says that the arguments are whole
   */
  end(complete: boolean): void {
    for (const call of this.#calls) {
      if (!call.started) continue
      const text = call.pieces.join('')
      const { extra } = call
      const { modelId: model } = this.#context
      const providerData: ProviderData | undefined = extra && { [this.#provider]: { extra, model } }
      this.#push({
        type: 'tool-call-end',
        toolCallId: call.id,
        name: call.name,
        arguments: text.trim() === '' ? '{}' : text,
        complete,
        ...(providerData && { providerData }),
      })
    }
  }

  #find(index: number | undefined, givenId: string, name: string, text: string): OpenCall | undefined {
    const calls = this.#calls
    const same = givenId === '' ? undefined : calls.findLast((call) => call.givenId === givenId)
    if (index === undefined) {
      if (same !== undefined || givenId !== '') return same
      const last = calls.at(-1)
      return last !== undefined && startsAnother(last, name, text) ? undefined : last
    }
    if (same?.index === index) return same
    // The newest call at the index: servers that use one index for all calls have moved on.
    const at = calls.findLast((call) => call.index === index)
    if (at === undefined || givenId === '') return at
    if (startsAnother(at, name, text)) return undefined
    // An id that comes late, or another one with every piece, belongs to the call that is there.
    if (at.givenId === '') at.givenId = givenId
    return at
  }

  #begin(index: number | undefined, givenId: string, name: string): OpenCall | undefined {
    // A delta that names nothing belongs to nothing.
    if (name === '' && givenId === '' && index === undefined) return undefined
    const taken = givenId === '' || this.#calls.some(({ id }) => id === givenId)
    const id = taken ? `call_${this.#context.random.id().replaceAll('-', '').slice(0, 24)}` : givenId
    this.#context.hold(callLength + name.length)
    const call: OpenCall = {
      id,
      givenId,
      wireName: name,
      name: '',
      index,
      pieces: [],
      length: 0,
      started: false,
      extra: undefined,
    }
    this.#calls.push(call)
    return call
  }

  #start(call: OpenCall): void {
    call.started = true
    call.name = this.#context.toolName(call.wireName)
    this.#push({ type: 'tool-call-start', toolCallId: call.id, name: call.name })
    for (const delta of call.pieces) this.#push({ type: 'tool-call-delta', toolCallId: call.id, delta })
  }

  #append(call: OpenCall, delta: string): void {
    this.#context.hold(delta.length)
    call.pieces.push(delta)
    call.length += delta.length
    if (call.started) this.#push({ type: 'tool-call-delta', toolCallId: call.id, delta })
  }

  #push(part: ModelStreamPart): void {
    this.#sink.parts.push(part)
  }
}

/** Whether a delta with an id or place of its own begins another call: it has a name, and does not go on with this one. */
function startsAnother(call: OpenCall, name: string, text: string): boolean {
  if (name === '' || call.wireName === '') return false
  return name !== call.wireName || text.trim() === '' || (call.length > 0 && text.trimStart().startsWith('{'))
}

function argumentsText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
