import type { Clock } from '@pf-agents/agent-core'
import { httpError } from './errors'
import type { Exchange } from './exchange'
import type { Repeater } from './repeater'

/** Makes sure that an agent is awake before it is sent what must not be sent twice. */
export interface Waker {
  /** Waits until the agent answers. @throws the last failure where the budget is used up */
  ready(probeUrl: string, signal: AbortSignal): Promise<void>
  /** The exchange to use: it notes when the agent answered. */
  exchange: Exchange
  /** Notes that the agent, or the gateway in front of it, answered with this status. */
  answered(status: number): void
}

// Nothing scales to zero within so short a time of its last answer.
const awakeMs = 10_000

/**
 * A message whose answer is a gateway's 502 may have been worked on, so it can't be repeated to wake an agent.
 * Instead, an agent that has not answered lately is first sent a read, which can.
 */
export function createWaker(
  exchange: Exchange,
  options: { repeat: Repeater; wakeBudgetMs: number; clock: Clock },
): Waker {
  const { repeat, wakeBudgetMs, clock } = options
  let answeredAt = Number.NEGATIVE_INFINITY
  const answered = (status: number) => {
    if (status < 502 || status > 504) answeredAt = clock.now()
  }
  const noting: Exchange = async (request, terms) => {
    const response = await exchange(request, terms)
    answered(response.status)
    return response
  }
  return {
    exchange: noting,
    answered,
    async ready(probeUrl, signal) {
      if (wakeBudgetMs <= 0 || clock.now() - answeredAt < awakeMs) return
      const request = { url: probeUrl, method: 'GET', headers: {}, operation: 'card' as const }
      await repeat(
        async () => {
          const response = await noting(request, { signal })
          // Any other answer, 404 too, is one of an agent that is awake.
          if (response.status >= 502 && response.status <= 504) throw httpError(response, clock.now())
        },
        { safe: true, signal },
      )
    },
  }
}
