import { readFileSync } from 'node:fs'
import { HttpAgent } from '@ag-ui/client'
import { createA2AClient } from '@pf-agents/a2a-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StartedApp } from '@pf-agents/testing/node'
import { startEntry } from '../../packages/testing/test/start-entry'
import { serveFake } from '../../packages/llm-engine/test/serve-fake'
import { modelTalks, modelTurns, travelDesk } from './scenario'

const file = (name: string) => new URL(name, import.meta.url).pathname

describe('the travel desk on Node', () => {
  let app: StartedApp
  beforeAll(async () => {
    app = await startEntry(file('main.node.ts'))
  })
  afterAll(() => app.close())
  travelDesk(() => app.url)

  it('asks over AG-UI, too: the question is an interrupt there, and A2A has the task', async () => {
    const desk = new HttpAgent({ url: `${app.url}/agui`, threadId: 'trip-1' })
    desk.addMessage({ id: 'u1', role: 'user', content: 'Book a trip' })
    await desk.runAgent({})
    const { tasks } = await createA2AClient({ url: app.url }).listTasks({ contextId: 'trip-1' })
    expect(tasks).toMatchObject([{ contextId: 'trip-1', status: { state: 'input-required' } }])
    expect(desk.pendingInterrupts).toMatchObject([{ message: expect.stringContaining('Book a trip needs its input') }])
  })
})

it('the travel desk on Node talks where it has a model', { timeout: 60_000 }, async () => {
  const provider = await serveFake(modelTurns)
  try {
    await using app = await startEntry(file('main.node.ts'), { OLLAMA_HOST: provider.url })
    await modelTalks(app.url)
    expect(JSON.stringify(provider.requests[1]?.body)).toContain('PF 310')
  } finally {
    await provider.close()
  }
})

it('is one agent file for both entries', () => {
  for (const entry of ['main.node.ts', 'main.spin.ts'])
    expect(readFileSync(file(entry), 'utf8')).toContain("import agent from './agent.ts'")
})
