import { reply } from '@pf-agents/agent-core'
import { apiKey } from '@pf-agents/auth'
import { describe, expect, it } from 'vitest'
import { bindingNames, brief, eventOf, open, sendParams, streamingApp } from '../../test/stream-client'
import { verifies } from '../conformance/verifies'

const url = 'http://agent.test'
const alice = { 'x-api-key': 'alice-key' }
const bob = { 'x-api-key': 'bob-key' }

/** An agent that asks first, and says a secret once it is told to go on. */
function scopedApp() {
  const app = streamingApp(
    {
      onMessage: (_message, { slots }) =>
        slots.go === undefined
          ? reply.inputRequired({ prompt: 'alice only: go?', slot: 'go' })
          : reply.completed('alice only: done'),
    },
    { app: { auth: [apiKey({ accept: { alice: 'alice-key', bob: 'bob-key' } })] } },
  )
  const fetch = (address: string, init: RequestInit) => Promise.resolve(app.fetch(new Request(address, init)))
  return { app, fetch }
}

describe.each(bindingNames)('streams of others over %s', (binding) => {
  it(`are not there: not the task, not its events, not those of the past ${verifies('AUTH-SCOPE-001', 'AUTH-SCOPE-002', 'AUTH-SCOPE-003')}`, async () => {
    const { app, fetch } = scopedApp()
    const send = (headers: Record<string, string>, text: string, message = {}) =>
      open(fetch, url, binding, 'SendStreamingMessage', sendParams(text, message), { headers })
    const subscribe = (headers: Record<string, string>, id: string) =>
      open(fetch, url, binding, 'SubscribeToTask', { id }, { headers })
    try {
      const first = await (await send(alice, 'go')).rest()
      const taskId = eventOf(binding, first[0] as never).task.id as string
      expect(brief(binding, first)).toEqual(['task submitted', 'working', 'input-required'])

      const madeUp = await (await subscribe(bob, 'made-up')).json()
      const replay = { 'a2a-extensions': 'urn:pf-agents:a2a:replay:v1', 'last-event-id': '0' }
      for (const headers of [bob, { ...bob, ...replay }]) {
        const refused = await subscribe(headers, taskId)
        expect(refused.headers.get('content-type')).not.toContain('event-stream')
        const text = JSON.stringify(await refused.json())
        expect(text.replaceAll(taskId, 'made-up')).toBe(JSON.stringify(madeUp))
        expect(text).not.toContain('alice only')
      }
      const meddling = await send(bob, 'yes', { taskId })
      expect(JSON.stringify(await meddling.json()).replaceAll(taskId, 'made-up')).toBe(JSON.stringify(madeUp))
      for (const headers of [{}, { 'x-api-key': 'carol-key' }])
        expect((await subscribe(headers, taskId)).status).toBe(401)

      // Nothing of that touched it, nor did it get in the way of those whose task it is.
      const watching = await subscribe(alice, taskId)
      const answered = await (await send(alice, 'yes', { taskId })).rest()
      expect(brief(binding, answered)).toEqual(['task working', 'completed'])
      // Whole in the end: what somebody else said has no event of its own.
      const watched = ['task input-required', 'working', 'completed', 'task completed']
      expect(brief(binding, await watching.rest())).toEqual(watched)
    } finally {
      await app.close()
    }
  })
})
