// The minimal responder (a2a-server + llm-engine) on Node, its model over HTTP.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { eventStream } from '@pf-agents/event-stream'
import { llmEngine } from '@pf-agents/llm-engine'
import { serveFake } from '../../llm-engine/test/serve-fake'
import { startNode, type StartedApp } from '../src/node'
import { providerPort, responder } from './apps/responder'
import { responderCases, responderScript } from './responder-scenario'

describe('the minimal responder on Node', () => {
  let provider: Awaited<ReturnType<typeof serveFake>>
  let app: StartedApp
  beforeAll(async () => {
    provider = await serveFake(responderScript)
    const variables = { get: () => new URL(provider.url).port }
    app = await startNode(createApp(responder, [providerPort(), llmEngine(), a2aServer()], { variables }))
  })
  afterAll(async () => {
    await app?.close()
    await provider?.close()
  })

  responderCases(
    () => app.url,
    () => provider.requests.length,
  )

  it('streams text while the model is still speaking', async () => {
    const variables = { get: () => new URL(provider.url).port }
    const features = [providerPort(), llmEngine(), eventStream(), a2aServer()]
    await using streaming = await startNode(createApp(responder, features, { variables }))
    const client = createA2AClient({ url: streaming.url })
    const seen: { text: string; at: number }[] = []
    for await (const update of client.sendStreamingMessage({ message: userMessage('Hi') }))
      if ('artifactUpdate' in update)
        seen.push({
          text: update.artifactUpdate.artifact.parts.map((part) => part.text).join(''),
          at: performance.now(),
        })
    expect(seen.map(({ text }) => text).join('')).toBe('Hello, how can I help?')
    expect(seen.length).toBeGreaterThan(2)
    expect((seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThan(5)
  })
})

it('an agent with a model and no engine is refused when the app is made, with the package to install', () => {
  expect(() => createApp(responder, [a2aServer()])).toThrow(
    /Install @pf-agents\/llm-engine and pass llmEngine\(\): .* `add: \[llmEngine\(\)\]`/,
  )
})
