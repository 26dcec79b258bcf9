import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { type AnyFeature, defineAgent, defineFeature, reply } from '@pf-agents/agent-core'
import { startNode } from '@pf-agents/testing/node'
import { expect, it } from 'vitest'
import { spinAgent } from './index'

const agent = defineAgent({
  name: 'desk',
  description: 'Asks once',
  version: '1.0.0',
  onMessage: (_message, { slots }) =>
    slots.name === undefined
      ? reply.inputRequired({ prompt: 'Who are you?', slot: 'name', schema: { type: 'string' } })
      : reply.text(`Hello ${String(slots.name)}`),
})
const quiet = { logger: { log: () => {} } }

it('works on Node, too, with its tasks in memory, whatever is said of the store', async () => {
  await using app = await startNode(spinAgent(agent, { ...quiet, storage: { store: 'tasks' } }))
  const client = createA2AClient({ url: app.url })
  const asked = await client.sendMessage({ message: userMessage('Hi') })
  if (!('task' in asked)) throw new Error('No task.')
  expect(asked.task.status.state).toBe('input-required')
  const { id: taskId, contextId } = asked.task
  const done = await client.sendMessage({ message: { ...userMessage('Ann'), taskId, contextId } })
  expect(JSON.stringify(done)).toContain('Hello Ann')
})

it('says at start, on Node already, what would not work in the component', () => {
  const files = defineFeature({
    name: 'files',
    targets: ['node'],
    unavailable: { reason: 'it needs a disk', alternative: 'use a store' },
    setup: () => ({}),
  }) as AnyFeature
  expect(() => spinAgent(agent, { ...quiet, add: [files] })).toThrow(
    'files does not work on wasm (only on node): it needs a disk. Instead, use a store.',
  )
})
