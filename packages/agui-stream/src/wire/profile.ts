import type { ContentPart } from '@ag-ui/core'
import type { WireEvent, WireEventOf, WireInterrupt, WireMessage } from './event'

/** What a client understands. */
export interface PeerProfile {
  /** Speaks 1.0, or newer: takes everything as it is. */
  readonly isCurrent: boolean
  /** Knows SUBAGENT_* events and attribution. */
  readonly hasSubagents: boolean
  /** Is told of questions as front ends of before interrupts are. */
  readonly hasLegacyInterrupts: boolean
}

/** What clients that declare no version are taken to understand. */
export interface OldPeers {
  subagents?: boolean | undefined
  legacyInterrupts?: boolean | undefined
}

const current: PeerProfile = { isCurrent: true, hasSubagents: true, hasLegacyInterrupts: false }

/**
 * What a client understands that declares this version: one that declares none is of the time before versions (0.0.x).
 * What can't be read is newer than we are.
 */
export function profileOf(
  protocolVersion: string | undefined,
  { subagents = false, legacyInterrupts = false }: OldPeers = {},
): PeerProfile {
  if (protocolVersion !== undefined) return current
  return { isCurrent: false, hasSubagents: subagents, hasLegacyInterrupts: legacyInterrupts }
}

/** Told of what an older client could not be told. */
export type OnLoss = (what: string) => void

/** An event as an older client understands it; `undefined` where there is nothing it would. Nothing is invented. */
export function downgrade(
  event: WireEvent,
  { isCurrent, hasSubagents }: PeerProfile,
  onLoss: OnLoss,
): WireEvent | undefined {
  if (isCurrent) return event
  const plain = hasSubagents ? event : withoutSubagents(event, onLoss)
  if (plain === undefined) return undefined
  switch (plain.type) {
    case 'RUN_STARTED': {
      // Of the request, older clients refuse forms that newer ones may send; they have it themselves.
      const { input: _, ...rest } = plain
      return rest
    }
    case 'RUN_FINISHED':
      return finished(plain, hasSubagents, onLoss)
    case 'TOOL_CALL_RESULT': {
      const { metadata: _, ...rest } = plain
      return { ...rest, content: flat(plain.content, onLoss) }
    }
    case 'MESSAGES_SNAPSHOT':
      return { ...plain, messages: plain.messages.map((message) => oldMessage(message, hasSubagents, onLoss)) }
    default:
      return plain
  }
}

function withoutSubagents(event: WireEvent, onLoss: OnLoss): WireEvent | undefined {
  if (event.type === 'SUBAGENT_STARTED' || event.type === 'SUBAGENT_FINISHED' || event.type === 'SUBAGENT_ERROR') {
    onLoss('subagents')
    return undefined
  }
  if (!('subagentRunId' in event)) return event
  const { subagentRunId: _, ...rest } = event as WireEvent & { subagentRunId?: string }
  return rest as WireEvent
}

function finished(event: WireEventOf<'RUN_FINISHED'>, hasSubagents: boolean, onLoss: OnLoss): WireEvent {
  const { outcome, usage } = event
  if (outcome?.type === 'cancelled')
    return { type: 'RUN_ERROR', message: 'The run was canceled.', code: 'cancelled', ...(usage && { usage }) }
  if (outcome?.type === 'success') return { ...event, outcome: { type: 'success' } }
  if (outcome?.type !== 'interrupt') return event
  const interrupts = outcome.interrupts.map((one): WireInterrupt => {
    // Older clients refuse to answer, and to cancel, what has expired: it is enforced here alone.
    const { expiresAt, subagentRunId, ...rest } = one
    if (expiresAt !== undefined) onLoss('expiresAt')
    return { ...rest, ...(hasSubagents && subagentRunId !== undefined && { subagentRunId }) }
  })
  return { ...event, outcome: { type: 'interrupt', interrupts } }
}

function oldMessage(message: WireMessage, hasSubagents: boolean, onLoss: OnLoss): WireMessage {
  let result = message
  if (!hasSubagents && 'subagentRunId' in message) {
    const { subagentRunId: _, ...rest } = message
    result = rest as WireMessage
  }
  if (result.role === 'tool') {
    const { metadata: _, ...rest } = result
    return { ...rest, content: flat(result.content, onLoss) }
  }
  if (result.role !== 'user' || typeof result.content === 'string') return result
  const content = result.content.filter((part) => part.type === 'text' || part.source.type !== 'file')
  if (content.length < result.content.length) onLoss('file sources')
  return { ...result, content }
}

function flat(content: string | ContentPart[], onLoss: OnLoss): string {
  if (typeof content === 'string') return content
  if (content.some((part) => part.type !== 'text')) onLoss('media in tool results')
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}
