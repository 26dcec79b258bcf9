import type { JsonObject, JsonValue, ModelCall, ModelFilePart } from '@pf-agents/agent-core'
import type { ChatProfile } from './chat-profile'

/** Fields of a request; one without a value is left out, though OpenAI's has one. */
export type Fields = Readonly<Record<string, JsonValue | readonly JsonValue[] | undefined>>

/** What servers have beyond OpenAI's own interface. A client of OpenAI alone has no use for it, nor does its bundle. */
export interface ChatDialect {
  /** Fields of the request that stand in place of OpenAI's, where the profile says so. */
  fields(call: ModelCall, messages: readonly JsonObject[], profile: ChatProfile): Fields
  /** Adds pieces of structured thoughts to those that came before. */
  addThoughts(into: JsonValue[], pieces: readonly JsonValue[]): void
  /** Pictures beside the text. */
  files(delta: JsonObject): ModelFilePart[]
}
