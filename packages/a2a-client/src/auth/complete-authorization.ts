import { type Awaitable, type Clock, type Message, PfError, systemClock, type Task } from '@pf-agents/agent-core'
import { sleep } from '@pf-agents/http-kit'
import type { A2AClient } from '../client'

/** Options of {@link completeAuthorization}. */
export interface CompleteAuthorizationOptions {
  /**
   * Sees to it that the agent gets what it asks for, out of band: the task's status message says what that is (§7.6).
   * Resolves once that is done. What it gives is sent to the task as an answer; without one, the agent is waited for to
   * notice by itself. Never put a credential into the message.
   */
  authorize(task: Task): Awaitable<Message | undefined | void>
  /** Between two looks at the task, ms; grows to fifteen times that. Default 1,000. */
  pollMs?: number
  /** How often the agent may ask, in a row. Default 5. */
  maxRounds?: number
  signal?: AbortSignal
  clock?: Clock
}

/**
 * Takes a task that is in `auth-required` on (§7.6.2): authorises, answers or waits, and gives the task as soon as it waits
 * for no authorisation any more. That may be while it works: go on with `getTask` or `subscribeToTask`. A task in any other
 * state is given back as it is.
 *
 * @throws PfError PF_REMOTE_RESPONSE where the agent asks more often than `maxRounds`; whatever `authorize` throws; errors
 * of the client
 * @example
 * ```ts
 * const { task } = await client.sendMessage({ message: userMessage('Send the report') })
 * const going = await completeAuthorization(client, task, {
 *   authorize: async ({ status }) => (await askUser(status.message), userMessage('Done')),
 * })
 * ```
 */
export async function completeAuthorization(
  client: Pick<A2AClient, 'getTask' | 'sendMessage'>,
  task: Task,
  options: CompleteAuthorizationOptions,
): Promise<Task> {
  const { authorize, pollMs = 1_000, maxRounds = 5, signal, clock = systemClock } = options
  const given = { signal }
  let current = task
  for (let round = 0; current.status.state === 'auth-required'; round++) {
    if (round >= maxRounds)
      throw new PfError('PF_REMOTE_RESPONSE', `The agent asked for an authorisation ${maxRounds} times in a row.`)
    const answer = await authorize(current)
    if (answer) {
      const message = { ...answer, taskId: current.id, contextId: current.contextId }
      const sent = await client.sendMessage({ message }, given)
      current = 'task' in sent ? sent.task : await client.getTask({ id: current.id }, given)
      continue
    }
    const { timestamp } = current.status
    let wait = pollMs
    // The same request as before is still open; one with another time is a new one.
    while (current.status.state === 'auth-required' && current.status.timestamp === timestamp) {
      await sleep(wait, { signal, clock })
      wait = Math.min(wait * 1.5, pollMs * 15)
      current = await client.getTask({ id: current.id }, given)
    }
  }
  return current
}
