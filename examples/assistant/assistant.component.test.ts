import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFakeProvider } from '@pf-agents/llm-engine/testing'
import { startComponent, type StartedComponent, startHandler } from '@pf-agents/testing/node'
import { assistant, said, send } from './scenario'

const entry = new URL('main.spin.ts', import.meta.url).pathname

describe('the assistant as a component', () => {
  let app: StartedComponent
  beforeAll(async () => {
    app = await startComponent(entry)
  }, 180_000)
  afterAll(() => app?.close())
  assistant(() => app.url)
})

describe('the assistant as a component, with a model', () => {
  it('asks the one whose variable is set', { timeout: 60_000 }, async () => {
    const provider = createFakeProvider([
      { toolCalls: [{ name: 'take_note', arguments: { text: 'by the model' } }] },
      { text: 'Noted.' },
    ])
    await using server = await startHandler(provider.handle)
    await using app = await startComponent(entry, {
      variables: { OLLAMA_HOST: server.url, MODEL: 'tiny' },
      outbound: ['http://127.0.0.1:*'],
    })
    expect(said(await send(app.url, 'Hello'))).toBe('Noted.')
    expect(provider.requests.map(({ body }) => body['model'])).toEqual(['tiny', 'tiny'])
  })
})
