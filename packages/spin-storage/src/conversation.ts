import type { Conversation, Message, Scope } from '@pf-agents/agent-core'
import type { BucketSource } from './host-bucket'
import { fromBytes, toBytes } from './json-bytes'
import { scopeSegments, segment } from './key-name'

/** {@link Conversation}, answering at once. */
export interface BucketConversation extends Conversation {
  append(scope: Scope, contextId: string, messages: readonly Message[]): void
}

/** A conversation store over a bucket: one key for each context, with its newest messages. */
export function createBucketConversation(source: BucketSource, keepMessages: number): BucketConversation {
  const nameOf = (scope: Scope, contextId: string): string => `talk/${scopeSegments(scope)}/${segment(contextId)}`
  const read = (bytes: Uint8Array | undefined): Message[] =>
    bytes === undefined ? [] : (fromBytes(bytes) as unknown as Message[])
  return {
    append(scope, contextId, messages) {
      if (messages.length === 0) return
      const name = nameOf(scope, contextId)
      for (;;) {
        const cas = source().cas(name)
        const all = [...read(cas.current()), ...messages]
        if (cas.swap(toBytes(all.slice(-keepMessages)))) return
      }
    },
    read(scope, contextId, { limit = 100 } = {}) {
      if (limit <= 0) return []
      return read(source().get(nameOf(scope, contextId))).slice(-limit)
    },
  }
}
