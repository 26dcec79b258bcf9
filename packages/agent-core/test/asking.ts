import type { JsonValue } from '../src/model/json'
import { type InputRequest, reply } from '../src/reply/reply'
import { type Harness, harness } from './harness'

/** Asks for every slot that is not filled, all at once, then tells what it got. */
export const asking = (requests: InputRequest[], options: Parameters<typeof harness>[1] = {}): Harness =>
  harness(
    {
      onMessage(_message, { slots }) {
        const missing = requests.filter(({ slot = 'answer' }) => !Object.hasOwn(slots, slot))
        return missing.length > 0 ? reply.inputsRequired(missing) : reply.text(JSON.stringify(slots))
      },
    },
    options,
  )

export const idsOf = (task: { facts: { interrupts?: { id: string }[] } }): string[] =>
  (task.facts.interrupts ?? []).map((one) => one.id)
export const resolved = (interruptId: string, payload: JsonValue) => ({
  interruptId,
  status: 'resolved' as const,
  payload,
})
export const cancelled = (interruptId: string) => ({ interruptId, status: 'cancelled' as const })
