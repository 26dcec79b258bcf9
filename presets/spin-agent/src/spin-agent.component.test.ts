import { join } from 'node:path'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { bundleComponent, type World } from '@pf-agents/cli'
import { startComponent } from '@pf-agents/testing/node'
import { describe, expect, it } from 'vitest'
import { scratch } from '../../../tooling/scratch/scratch'

const slow = { timeout: 120_000 }
const agent = `import { defineAgent, reply } from '@pf-agents/agent-core'
export default defineAgent({
  name: 'desk', description: 'Asks once', version: '1.0.0',
  onMessage: (_message, { slots }) =>
    slots.name === undefined
      ? reply.inputRequired({ prompt: 'Who are you?', slot: 'name', schema: { type: 'string' } })
      : reply.text('Hello ' + slots.name),
})`

/** A user's project: the agent and its entry for components. */
const project = (expression: string, imports = '') =>
  join(
    scratch({
      'agent.ts': agent,
      'main.spin.ts': `import { spinAgent } from '@pf-agents/spin-agent'\nimport agent from './agent'\n${imports}\nexport default ${expression}\n`,
    }),
    'main.spin.ts',
  )

describe('as a component', () => {
  it('keeps its tasks in the store it is told, from one instance to the next', slow, async () => {
    await using app = await startComponent(project(`spinAgent(agent, { storage: { store: 'tasks' } })`))
    expect(app.definition).toMatchObject({ needs: { keyValue: ['tasks'] }, taskLifetime: 'stored' })
    const client = createA2AClient({ url: app.url })
    const asked = await client.sendMessage({ message: userMessage('Hi') })
    if (!('task' in asked)) throw new Error('No task.')
    const { id: taskId, contextId } = asked.task
    const done = await client.sendMessage({ message: { ...userMessage('Ann'), taskId, contextId } })
    expect(JSON.stringify(done)).toContain('Hello Ann')
    expect(await client.getTask({ id: taskId })).toMatchObject({ status: { state: 'completed' } })
  })

  it('works in a world without a store, and its definition says that tasks end with their requests', slow, async () => {
    await using app = await startComponent(project('spinAgent(agent)'), { world: 'wasi-http' })
    expect(app.definition).toMatchObject({ needs: { keyValue: [] }, taskLifetime: 'request' })
    const asked = await createA2AClient({ url: app.url }).sendMessage({ message: userMessage('Hi') })
    expect(asked).toMatchObject({ task: { status: { state: 'input-required' } } })
  })
})

it('thinks, asks, and goes on in the next request', slow, async () => {
  const entry = join(
    scratch({
      'main.spin.ts': `import { defineAgent } from '@pf-agents/agent-core'
import { spinAgent } from '@pf-agents/spin-agent'
import { mockModel } from '@pf-agents/testing'
const model = mockModel({
  turns({ messages }) {
    const last = messages.at(-1)
    return last.role === 'tool'
      ? 'Then ' + last.content[0].parts[0].text
      : { toolCalls: [{ name: 'ask', arguments: { question: 'Which city?', options: ['Oslo', 'Rome'] } }] }
  },
})
export default spinAgent(defineAgent({ name: 'guide', description: 'd', version: '1', model }))`,
    }),
    'main.spin.ts',
  )
  await using app = await startComponent(entry)
  expect(app.definition.features.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['a2a-server', 'llm-engine', 'context-window', 'interactive-tools', 'spin-storage']),
  )
  const client = createA2AClient({ url: app.url })
  const asked = await client.sendMessage({ message: userMessage('Where to?') })
  if (!('task' in asked)) throw new Error('No task.')
  expect(asked.task.status.state).toBe('input-required')
  const { id: taskId, contextId } = asked.task
  const done = await client.sendMessage({ message: { ...userMessage('Rome'), taskId, contextId } })
  expect(JSON.stringify(done)).toContain('Then Rome')
})

describe('the bundle', () => {
  it.each<[World, boolean]>([
    ['spin', true],
    ['wasmtime', false],
    ['wasi-http', false],
  ])('for %s has a store: %s', async (world, stored) => {
    const { imports } = await bundleComponent({ entry: project('spinAgent(agent)'), world })
    expect(imports.some((name) => name.startsWith('wasi:keyvalue/'))).toBe(stored)
  })

  it('is refused where something in it is for Node alone, with reason and alternative', async () => {
    const entry = project(
      `spinAgent(agent, { storage: sqliteStorage({ file: 'x.db' }) })`,
      `import { sqliteStorage } from '@pf-agents/sqlite-storage'`,
    )
    await expect(bundleComponent({ entry, world: 'spin' })).rejects.toThrow(
      '✗ @pf-agents/sqlite-storage does not work on wasm (only on node): it needs node:sqlite and a file system. Instead, use spinStorage() from @pf-agents/spin-storage.',
    )
  })
})

it('is refused at start, where a feature says so itself', slow, async () => {
  const files = `import { defineFeature } from '@pf-agents/agent-core'
const files = defineFeature({ name: 'files', targets: ['node'], unavailable: { reason: 'it needs a disk', alternative: 'use a store' }, setup: () => ({}) })`
  await expect(startComponent(project('spinAgent(agent, { add: [files as never] })', files))).rejects.toThrow(
    'files does not work on wasm (only on node): it needs a disk. Instead, use a store.',
  )
})
