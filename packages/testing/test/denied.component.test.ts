// What an agent in the real component is told of calls that its host, or its own needs, do not allow.
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startComponent, type StartedApp } from '../src/node'

const entry = new URL('./apps/denied.spin.ts', import.meta.url).pathname
let app: StartedApp
beforeAll(async () => {
  app = await startComponent(entry, { workers: 1, world: 'wasi-http', outbound: ['http://127.0.0.1:1'] })
}, 180_000)
afterAll(() => app?.close())

async function called(url: string): Promise<unknown> {
  const answer = await createA2AClient({ url: app.url }).sendMessage({ message: userMessage(url) })
  return 'message' in answer ? answer.message.parts[0]?.data : answer
}

it('a host that was not granted is a typed error that names it and says how to', async () => {
  expect(await called('https://api.example.com/v1?key=secret')).toEqual({
    code: 'PF_OUTBOUND_DENIED',
    message:
      'The host of this component does not allow calls to https://api.example.com. Allow them there: pf up --outbound https://api.example.com, or allowed_outbound_hosts in spin.toml.',
  })
})

it('one that the agent did not declare is told apart', async () => {
  expect(await called('https://other.example.com/')).toEqual({
    code: 'PF_OUTBOUND_DENIED',
    message: "Calls to https://other.example.com are not allowed. Add it to the agent's needs.outbound.",
  })
})

it('a peer that is not there stays a failure of the network', async () => {
  expect(await called('http://127.0.0.1:1/')).toEqual({ thrown: expect.stringContaining('TypeError') })
})
