import type { WireInterrupt, WireOutcome } from '../wire/event'
import { cleanInterrupt } from './event-shapes'
import { isObject } from './shape'
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
  if (given === undefined) return given
  if (!isObject(given)) {
    broken('outcome', 'It is no outcome.')
    return given === null ? undefined : 'none'
  }
  if (given.type === 'cancelled') return { type: 'cancelled' }
  if (given.type === 'success') {
    const { pendingToolCallIds } = given
    if (pendingToolCallIds === undefined) return { type: 'success' }
    if (Array.isArray(pendingToolCallIds)) return { type: 'success', pendingToolCallIds }
    broken('outcome', 'The pending calls are no list.')
    return { type: 'success' }
  }
  if (given.type !== 'interrupt') {
    broken('outcome', `There is no outcome ${JSON.stringify((given as { type?: unknown }).type)}.`)
    return 'none'
  }
  const seen = new Set<string>()
  const interrupts = (Array.isArray(given.interrupts) ? given.interrupts : []).flatMap((one): WireInterrupt[] => {
    let isChanged = false
    const interrupt = cleanInterrupt(one, () => (isChanged = true)) as Partial<WireInterrupt> | undefined
    if (interrupt?.id === undefined || seen.has(interrupt.id)) {
      broken('outcome', 'Every interrupt has an id of its own.')
      return []
    }
    if (isChanged) broken('outcome', `A field of the interrupt ${interrupt.id} has a value that it can not have.`)
    seen.add(interrupt.id)
    const { id, reason = 'input_required', toolCallId, ...rest } = interrupt
    const call = toolCallId === undefined ? undefined : callOf(toolCallId)
    if (toolCallId !== undefined && call === undefined) broken('outcome', `There was no call ${toolCallId}.`)
    return [{ id, reason, ...rest, ...(call !== undefined && { toolCallId: call }) }]
  })
  if (interrupts.length > 0) return { type: 'interrupt', interrupts }
  broken('outcome', 'An interrupt asks nothing.')
  return 'none'
}
