import type { JsonObject, JsonValue } from '../model/json'
import type { Part } from '../model/part'

/**
 * What a provider wants back with a part, unread by anybody else: signatures, encrypted reasoning, item ids.
 * Keyed by the provider of the model that made the part; a model reads its own key alone, and what has a `model` in it
 * goes to that model alone, so that a history can go on with another one. Plain JSON, so that it survives a checkpoint.
 */
export type ProviderData = { readonly [provider: string]: JsonObject }

/**
 * Asks the provider to cache the prompt up to and with this place. Providers that cache by themselves, or not at all,
 * pay no heed. `true` is the provider's usual time; `long` is the longer one it sells.
 */
export type CacheMark = boolean | 'long'

interface PartFields {
  providerData?: ProviderData
}

/** Text, of the user or of the model. */
export interface ModelTextPart extends PartFields {
  type: 'text'
  text: string
  cache?: CacheMark
}

/** What the model thought aloud. The text may be empty where the provider shows none and wants its data back. */
export interface ModelReasoningPart extends PartFields {
  type: 'reasoning'
  text: string
}

/** A call that the model made. */
export interface ModelToolCallPart extends PartFields {
  type: 'tool-call'
  /** Names the call; its result carries the same id. */
  toolCallId: string
  name: string
  /** The arguments as JSON text, as the model wrote it: it may be broken JSON. Never empty: no arguments are `{}`. */
  arguments: string
}

/** What came of a call. Every call of an assistant message has exactly one result in the tool message behind it. */
export interface ModelToolResultPart extends PartFields {
  type: 'tool-result'
  toolCallId: string
  name: string
  parts: readonly Part[]
  /** Failed, refused, aborted or denied. Default false. */
  isError?: boolean
  cache?: CacheMark
}

/** An image, a document, sound. Exactly one of `raw` and `url` is present. */
export interface ModelFilePart extends PartFields {
  type: 'file'
  /** Such as `image/png`, `application/pdf`. */
  mediaType: string
  /** Bytes as standard base64. */
  raw?: string
  url?: string
  filename?: string
  cache?: CacheMark
}

/**
 * Anything else a provider sent and wants back unchanged: hidden reasoning, calls it ran itself, compacted history.
 * Other providers never see it.
 */
export interface ModelOpaquePart {
  type: 'opaque'
  /** The provider of the model that made it. */
  provider: string
  /** The model that made it, where no other takes it. */
  model?: string
  data: JsonValue
}

/** A piece of what a user says. */
export type ModelUserPart = ModelTextPart | ModelFilePart

/** A piece of what a model says. */
export type ModelAssistantPart =
  | ModelTextPart
  | ModelReasoningPart
  | ModelToolCallPart
  | ModelFilePart
  | ModelOpaquePart

/** Standing orders. */
export interface ModelSystemMessage {
  role: 'system'
  text: string
  cache?: CacheMark
}

/** What a user says. */
export interface ModelUserMessage {
  role: 'user'
  content: readonly ModelUserPart[]
}

/** What a model said, in order. */
export interface ModelAssistantMessage {
  role: 'assistant'
  content: readonly ModelAssistantPart[]
}

/** The results of the calls of the assistant message before it. */
export interface ModelToolMessage {
  role: 'tool'
  content: readonly ModelToolResultPart[]
}

/**
 * One message of a prompt, the same for all providers.
 *
 * @example
 * ```ts
 * const prompt: ModelMessage[] = [
 *   { role: 'system', text: 'You are brief.' },
 *   { role: 'user', content: [{ type: 'text', text: 'What is in the picture?' }, { type: 'file', mediaType: 'image/png', url }] },
 * ]
 * ```
 */
export type ModelMessage = ModelSystemMessage | ModelUserMessage | ModelAssistantMessage | ModelToolMessage
