import { afterAll, beforeAll, describe, it } from 'vitest'
import { createFakeProvider } from '@pf-agents/llm-engine/testing'
import { startComponent, type StartedComponent, startHandler } from '@pf-agents/testing/node'
import { modelTalks, modelTurns, travelDesk } from './scenario'

describe('the travel desk as a component', () => {
  let app: StartedComponent
  beforeAll(async () => {
    app = await startComponent(new URL('main.spin.ts', import.meta.url).pathname)
  }, 120_000)
  afterAll(() => app?.close())
  travelDesk(() => app.url)
})

it('the travel desk as a component talks where it has a model', { timeout: 120_000 }, async () => {
  await using server = await startHandler(createFakeProvider(modelTurns).handle)
  await using app = await startComponent(new URL('main.spin.ts', import.meta.url).pathname, {
    variables: { OLLAMA_HOST: server.url },
    outbound: ['http://127.0.0.1:*'],
  })
  await modelTalks(app.url)
})
