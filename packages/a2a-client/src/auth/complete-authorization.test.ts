import type { Message, Task } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { createPeer, peerCard, rpc } from '../../test/peer'
import { createA2AClient } from '../client'
import { userMessage } from '../user-message'
import { completeAuthorization } from './complete-authorization'

const at = (state: string, second = 0) => ({
  id: 't-1',
  contextId: 'c-1',
  status: { state: `TASK_STATE_${state}`, timestamp: `2026-11-20T10:00:0${second}.000Z` },
})

/** An agent whose task goes through these states, one for each time it is asked. */
function agent(...states: ReturnType<typeof at>[]) {
  const clock = createFakeClock()
  const times: number[] = []
  const peer = createPeer(
    (asked) => {
      times.push(clock.now())
      const task = states.length > 1 ? states.shift() : states[0]
      return rpc(asked, asked.rpc === 'SendMessage' ? { task } : task)
    },
    () => Response.json(peerCard),
  )
  return { clock, peer, times, client: createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, clock }) }
}

const start = async ({ client }: ReturnType<typeof agent>): Promise<Task> => client.getTask({ id: 't-1' })

describe('completeAuthorization', () => {
  it('answers with what authorizing gives, in the task and its context', async () => {
    const test = agent(at('AUTH_REQUIRED'), at('WORKING', 1))
    const seen: Task[] = []
    const task = await completeAuthorization(test.client, await start(test), {
      clock: test.clock,
      authorize: async (waiting) => (seen.push(waiting), userMessage('done')),
    })
    expect(task.status.state).toBe('working')
    expect(seen).toHaveLength(1)
    expect(test.peer.asked[1]).toMatchObject({
      rpc: 'SendMessage',
      params: { message: { taskId: 't-1', contextId: 'c-1', parts: [{ text: 'done' }] } },
    })
  })

  it('waits for an agent that notices by itself, ever longer', async () => {
    const states = Array.from({ length: 12 }, () => at('AUTH_REQUIRED'))
    const test = agent(...states, at('COMPLETED', 1))
    const pending = completeAuthorization(test.client, await start(test), {
      clock: test.clock,
      authorize: () => undefined,
    })
    expect((await test.clock.until(pending)).status.state).toBe('completed')
    const pauses = test.times.slice(1).map((time, index) => time - (test.times[index] as number))
    expect(pauses[0]).toBe(1_000)
    expect(pauses[1]).toBe(1_500)
    expect(Math.max(...pauses)).toBe(15_000)
    expect(test.clock.pending).toBe(0)
  })

  it('authorizes again where the agent asks for something else', async () => {
    const test = agent(at('AUTH_REQUIRED', 0), at('AUTH_REQUIRED', 1), at('INPUT_REQUIRED', 2))
    const seen: (string | undefined)[] = []
    const answers: (Message | undefined)[] = [undefined, userMessage('done')]
    const pending = completeAuthorization(test.client, await start(test), {
      clock: test.clock,
      authorize: ({ status }) => (seen.push(status.timestamp), answers.shift()),
    })
    expect((await test.clock.until(pending)).status.state).toBe('input-required')
    expect(seen).toEqual(['2026-11-20T10:00:00.000Z', '2026-11-20T10:00:01.000Z'])
  })

  it('does not go on for ever', async () => {
    const test = agent(at('AUTH_REQUIRED'))
    const pending = completeAuthorization(test.client, await start(test), {
      clock: test.clock,
      maxRounds: 3,
      authorize: () => userMessage('done'),
    })
    await expect(pending).rejects.toMatchObject({ code: 'PF_REMOTE_RESPONSE' })
    expect(test.peer.asked).toHaveLength(4)
  })

  it('leaves other states alone, and ends with its signal', async () => {
    const done = agent(at('COMPLETED'))
    const task = await start(done)
    expect(await completeAuthorization(done.client, task, { authorize: () => expect.unreachable() })).toBe(task)

    const test = agent(at('AUTH_REQUIRED'))
    const controller = new AbortController()
    const pending = completeAuthorization(test.client, await start(test), {
      clock: test.clock,
      signal: controller.signal,
      authorize: () => undefined,
    })
    await test.clock.settle()
    controller.abort('gone')
    await expect(pending).rejects.toBe('gone')
    expect(test.clock.pending).toBe(0)
  })
})
