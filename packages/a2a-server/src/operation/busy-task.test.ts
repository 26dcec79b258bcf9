import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { defineAgent, reply } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { expect, it } from 'vitest'
import { a2aServer } from '../a2a-server'

it.each(['JSONRPC', 'HTTP+JSON'] as const)(
  'what was said to a task that is busy is no answer to what it asks later, over %s',
  async (binding) => {
    const begun = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const answers: string[] = []
    const agent = defineAgent({
      name: 'shop',
      description: 'Asks before it pays',
      version: '1.0.0',
      async onMessage({ text, taskId }) {
        if (taskId !== undefined) {
          answers.push(text)
          return reply.artifact({ parts: [{ text: 'Paid.' }] })
        }
        begun.resolve()
        await released.promise
        return reply.inputRequired({ prompt: 'Pay 1,000,000?' })
      },
    })
    // As in a component with stored state: a context that is busy takes no message.
    const app = createApp(agent, [a2aServer()], { runtime: { concurrency: { whenBusy: 'reject' } } })
    const statuses: number[] = []
    const client = createA2AClient({
      url: 'http://shop.test',
      prefer: { bindings: [binding] },
      fetch: async (url, init) => {
        const response = await app.fetch(new Request(url, init))
        statuses.push(response.status)
        if (response.status === 429) released.resolve()
        return response
      },
    })
    const configuration = { returnImmediately: true }
    const sent = await client.sendMessage({ message: userMessage('Plan a trip'), configuration })
    if (!('task' in sent)) throw new Error('A message came where a task was due')
    const { id: taskId, contextId } = sent.task
    await begun.promise
    await expect(client.sendMessage({ message: userMessage('yes', { taskId, contextId }) })).rejects.toMatchObject({
      remote: { httpStatus: 429 },
      retryAfterMs: 1000,
    })
    await expect.poll(async () => (await client.getTask({ id: taskId })).status.state).toBe('input-required')
    expect([answers, statuses.filter((status) => status === 429)]).toEqual([[], [429]])
    await app.close()
  },
)
