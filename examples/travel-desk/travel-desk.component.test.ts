import { afterAll, beforeAll, describe, it } from 'vitest'
import { startComponent, type StartedComponent } from '@pf-agents/testing/node'
import { serveFake } from '../../packages/llm-engine/test/serve-fake'
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
  const provider = await serveFake(modelTurns)
  try {
    await using app = await startComponent(new URL('main.spin.ts', import.meta.url).pathname, {
      variables: { OLLAMA_HOST: provider.url },
      outbound: ['http://127.0.0.1:*'],
    })
    await modelTalks(app.url)
  } finally {
    await provider.close()
  }
})
