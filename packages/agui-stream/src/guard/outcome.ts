import type { WireInterrupt, WireOutcome } from '../wire/event'
import type { GuardScope } from './scope'

/**
 * An outcome of a kind that the protocol has, of which an interrupt asks one thing or more, each with an id of its own.
 * `'none'` where it is no outcome at all: a client would take it for success, and what the run waits for would be lost.
 */
export function cleanOutcome(
  given: WireOutcome | undefined,
  callOf: (toolCallId: string) => string | undefined,
  broken: GuardScope['broken'],
): WireOutcome | 'none' | undefined {
  if (given === undefined || given.type === 'cancelled') return given
  if (given.type === 'success') {
    const { pendingToolCallIds } = given
    if (pendingToolCallIds === undefined || Array.isArray(pendingToolCallIds)) return given
    broken('outcome', 'The pending calls are no list.')
    return { type: 'success' }
  }
  if (given.type !== 'interrupt') {
    broken('outcome', `There is no outcome ${JSON.stringify((given as { type?: unknown }).type)}.`)
    return 'none'
  }
  const seen = new Set<string>()
  const interrupts = (Array.isArray(given.interrupts) ? given.interrupts : []).flatMap((one): WireInterrupt[] => {
    if (typeof one?.id !== 'string' || seen.has(one.id)) {
      broken('outcome', 'Every interrupt has an id of its own.')
      return []
    }
    seen.add(one.id)
    const { toolCallId, responseSchema, ...rest } = one
    const call = toolCallId === undefined ? undefined : callOf(toolCallId)
    if (toolCallId !== undefined && call === undefined) broken('outcome', `There was no call ${toolCallId}.`)
    const isSchema = typeof responseSchema === 'object' && responseSchema !== null && !Array.isArray(responseSchema)
    return [
      {
        ...rest,
        reason: typeof rest.reason === 'string' ? rest.reason : 'input_required',
        ...(call !== undefined && { toolCallId: call }),
        ...(isSchema && { responseSchema }),
      },
    ]
  })
  if (interrupts.length > 0) return { type: 'interrupt', interrupts }
  broken('outcome', 'An interrupt asks nothing.')
  return 'none'
}
