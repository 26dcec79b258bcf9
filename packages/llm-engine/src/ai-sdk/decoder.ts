import type {
  JsonObject,
  JsonValue,
  ModelFinish,
  ModelFinishReason,
  ModelStreamPart,
  ModelUsage,
  ProviderData,
} from '@pf-agents/agent-core'
import { countOf, defined } from '../wire/json'
import type { AiSdkMetadata, AiSdkPart, AiSdkUsage, AiSdkWarning } from './ai-sdk-types'
import { plain } from './plain'

interface OpenCall {
  id: string
  name: string
  pieces: string[]
  /** What the model said of it as a whole. */
  input: string | undefined
  metadata: AiSdkMetadata | undefined
}

const reasons = new Set<string>(['stop', 'length', 'content-filter', 'tool-calls', 'error', 'interrupted'])

/** What the decoder is made with. */
export interface AiSdkDecoderContext {
  provider: string
  /** The model that is asked. */
  modelId: string
  toolName(wireName: string): string
  hold(length: number): void
  push(part: ModelStreamPart): void
}

/** Turns parts of the AI SDK into ours. What it does not know it skips: within a version parts are added. */
export class AiSdkDecoder {
  responseId: string | undefined
  modelId: string | undefined
  readonly warnings: string[] = []
  /** The model reported an error; a finish may follow, or more parts, or nothing. */
  error: { value: unknown } | undefined
  readonly #context: AiSdkDecoderContext
  readonly #metadata = new Map<string, AiSdkMetadata>()
  readonly #calls = new Map<string, OpenCall>()
  #called = false
  #finish: { reason: string; raw: string | undefined; usage: ModelUsage } | undefined

  constructor(context: AiSdkDecoderContext) {
    this.#context = context
  }

  part(part: AiSdkPart): void {
    const { type, id = '' } = part
    switch (type) {
      case 'text-delta':
      case 'reasoning-delta':
        this.#keep(`${type[0]}${id}`, part)
        // Anthropic's signature comes with an empty delta.
        if (part.delta) this.#context.push({ type, id, delta: part.delta })
        return
      case 'text-start':
      case 'reasoning-start':
        this.#keep(`${type[0]}${id}`, part)
        return this.#context.push({ type, id })
      case 'text-end':
      case 'reasoning-end':
        this.#keep(`${type[0]}${id}`, part)
        return this.#context.push({
          type,
          id,
          // Thoughts say whose they are, with metadata or without: their model gets them back, and no other.
          ...(type === 'reasoning-end' && this.#own()),
          ...this.#data(this.#metadata.get(`${type[0]}${id}`)),
        })
      case 'tool-input-start':
        if (part.providerExecuted !== true) this.#open(id, part.toolName ?? '')
        return
      case 'tool-input-delta':
        return this.#input(this.#calls.get(id), part.delta ?? '')
      case 'tool-call':
        return part.providerExecuted === true ? this.#kept(serverCall(part)) : this.#call(part)
      case 'tool-result':
        // Only tools that the provider runs have results here; one that is preliminary is followed by another.
        if (part.preliminary !== true) this.#kept(serverResult(part))
        return
      case 'file':
        return this.#file(part)
      case 'custom':
      case 'reasoning-file':
        return this.#kept(asPrompt(part))
      case 'stream-start':
        this.warnings.push(...(part.warnings ?? []).map(warningText))
        return
      case 'response-metadata':
        this.responseId ??= part.id
        this.modelId ??= part.modelId
        return
      case 'error':
        this.error ??= { value: part.error }
        return
      case 'finish':
        this.#end(part)
        return
      default:
      // `source`, `raw`, `ping`, requests for approval of what the provider runs, and what is yet to come.
    }
  }

  /** The stream is over. Closes what is open. @returns how it ended, or `undefined` where it broke off */
  end(): { finish: ModelFinish; usage: ModelUsage } | undefined {
    const end = this.#finish
    if (end === undefined || end.reason === 'interrupted') return undefined
    const said = (reasons.has(end.reason) ? end.reason : 'other') as ModelFinishReason
    for (const call of this.#calls.values()) this.#close(call, said !== 'length' && said !== 'content-filter')
    const reason = this.#called && (said === 'stop' || said === 'other') ? 'tool-calls' : said
    const raw = end.raw ?? end.reason
    return { finish: { reason, raw, complete: true }, usage: end.usage }
  }

  #keep(key: string, { providerMetadata }: AiSdkPart): void {
    if (providerMetadata === undefined) return
    const merged: AiSdkMetadata = { ...this.#metadata.get(key) }
    for (const [provider, fields] of Object.entries(providerMetadata))
      merged[provider] = { ...merged[provider], ...fields }
    this.#metadata.set(key, merged)
  }

  #data(metadata: AiSdkMetadata | undefined): { providerData?: ProviderData } {
    return metadata === undefined ? {} : this.#own({ metadata: plain(metadata) })
  }

  /** What belongs to this model. */
  #own(fields?: JsonObject): { providerData: ProviderData } {
    const { provider, modelId: model } = this.#context
    return { providerData: { [provider]: { ...fields, model } } }
  }

  #open(id: string, name: string): OpenCall {
    this.#context.hold(name.length + 64)
    const call: OpenCall = { id, name: this.#context.toolName(name), pieces: [], input: undefined, metadata: undefined }
    this.#calls.set(id, call)
    this.#called = true
    this.#context.push({ type: 'tool-call-start', toolCallId: id, name: call.name })
    return call
  }

  #input(call: OpenCall | undefined, delta: string): void {
    if (call === undefined || delta === '') return
    this.#context.hold(delta.length)
    call.pieces.push(delta)
    this.#context.push({ type: 'tool-call-delta', toolCallId: call.id, delta })
  }

  #call({ toolCallId = '', toolName = '', input = '', providerMetadata }: AiSdkPart): void {
    const call = this.#calls.get(toolCallId) ?? this.#open(toolCallId, toolName)
    if (call.pieces.length === 0) this.#input(call, input)
    call.input = input
    call.metadata = providerMetadata
    // What is whole JSON is not cut; else the end of the answer tells.
    if (isJson(input)) this.#close(call, true)
  }

  #close(call: OpenCall, complete: boolean): void {
    this.#calls.delete(call.id)
    const text = call.input ?? call.pieces.join('')
    this.#context.push({
      type: 'tool-call-end',
      toolCallId: call.id,
      name: call.name,
      arguments: text.trim() === '' ? '{}' : text,
      // A call that was begun and never made is not one.
      complete: complete && call.input !== undefined,
      ...this.#data(call.metadata),
    })
  }

  #file(part: AiSdkPart): void {
    const raw = base64Of(part.data)
    if (raw === undefined) return this.#kept(asPrompt(part))
    const { mediaType = 'application/octet-stream', providerMetadata } = part
    this.#context.push({ type: 'file', mediaType, raw, ...this.#own(), ...this.#data(providerMetadata) })
  }

  /** Goes back as it is, as a part of the assistant's message. */
  #kept(data: JsonValue): void {
    const { provider, modelId: model } = this.#context
    this.#context.push({ type: 'opaque', provider, model, data })
  }

  #end({ finishReason, usage }: AiSdkPart): void {
    const { unified, raw } =
      typeof finishReason === 'object' ? finishReason : { unified: finishReason ?? 'other', raw: undefined }
    this.#finish = { reason: unified, raw, usage: usageOf(usage ?? {}) }
  }
}

function usageOf({ inputTokens, outputTokens, reasoningTokens, cachedInputTokens, raw }: AiSdkUsage): ModelUsage {
  const input = typeof inputTokens === 'object' ? inputTokens : { total: inputTokens, cacheRead: cachedInputTokens }
  const output = typeof outputTokens === 'object' ? outputTokens : { total: outputTokens, reasoning: reasoningTokens }
  return defined({
    inputTokens: countOf(input.total),
    cacheReadTokens: countOf(input.cacheRead),
    cacheWriteTokens: countOf('cacheWrite' in input ? input.cacheWrite : undefined),
    outputTokens: countOf(output.total),
    reasoningTokens: countOf(output.reasoning),
    raw: raw && plain(raw),
  })
}

function serverCall({ toolCallId, toolName, input, providerMetadata }: AiSdkPart): JsonObject {
  const call = { type: 'tool-call', toolCallId, toolName, input: jsonOf(input ?? '{}'), providerExecuted: true }
  return plain({ ...call, ...(providerMetadata && { providerOptions: providerMetadata }) })
}

function serverResult({ toolCallId, toolName, result, providerMetadata }: AiSdkPart): JsonObject {
  const part = { type: 'tool-result', toolCallId, toolName, output: { type: 'json', value: result ?? null } }
  return plain({ ...part, ...(providerMetadata && { providerOptions: providerMetadata }) })
}

function asPrompt({ providerMetadata, ...part }: AiSdkPart): JsonObject {
  const data = base64Of(part.data)
  return plain({
    ...part,
    ...(data !== undefined && { data: { type: 'data', data } }),
    ...(providerMetadata && { providerOptions: providerMetadata }),
  })
}

/** The bytes of a file as base64, or `undefined` where it is an address. */
function base64Of(data: unknown): string | undefined {
  if (typeof data === 'string') return data
  if (data instanceof Uint8Array) {
    let binary = ''
    for (const byte of data) binary += String.fromCharCode(byte)
    return btoa(binary)
  }
  const tagged = data as { type?: unknown; data?: unknown } | undefined
  return tagged?.type === 'data' ? base64Of(tagged.data) : undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text === '' ? '{}' : text)
    return true
  } catch {
    return false
  }
}

function jsonOf(text: string): JsonValue {
  return isJson(text) ? (JSON.parse(text === '' ? '{}' : text) as JsonValue) : text
}

function warningText({ type, feature, setting, details, message }: AiSdkWarning): string {
  return [type, feature ?? setting, details ?? message].filter((word) => word !== undefined).join(': ')
}
