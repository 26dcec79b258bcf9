import { readFileSync } from 'node:fs'
import { HttpAgent } from '@ag-ui/client'
import { defineAgent } from '@pf-agents/agent-core'
import { startNode } from '@pf-agents/testing/node'
import { describe, expect, it } from 'vitest'
import { aguiAgent } from './agui-agent'

const agent = defineAgent({
  name: 'counter',
  description: 'Counts to three',
  version: '1.0.0',
  async *onMessage({ text }) {
    yield `${text}: `
    for (const number of ['one ', 'two ', 'three']) yield number
  },
})
const quiet = { logger: { log: () => {} } }

describe('an AG-UI agent', () => {
  it('streams to the real client, at /agui or where it is told', async () => {
    const paths = { '/agui': {}, '/chat': { features: { 'agui-stream': { path: '/chat' } } } }
    for (const [path, options] of Object.entries(paths)) {
      await using app = await startNode(aguiAgent(agent, { ...quiet, ...options }))
      const client = new HttpAgent({ url: `${app.url}${path}`, threadId: 't1' })
      client.addMessage({ id: 'u1', role: 'user', content: 'Count' })
      const pieces: string[] = []
      await client.runAgent({}, { onTextMessageContentEvent: ({ event }) => void pieces.push(event.delta) })
      expect(pieces).toEqual(['Count: ', 'one ', 'two ', 'three'])
      expect(client.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'Count: one two three' })
    }
  })

  it('does not speak A2A', async () => {
    const response = await aguiAgent(agent, quiet).fetch(new Request('http://127.0.0.1/.well-known/agent-card.json'))
    expect(response.status).toBe(404)
  })

  it('can not do without streams', () => {
    expect(() => aguiAgent(agent, { ...quiet, features: { 'event-stream': false } })).toThrow(
      'Nothing provides pf.run-streams; "agui-stream" needs it. Install @pf-agents/event-stream and pass its feature.',
    )
  })

  it('says why it does not work in a component, in the words of its package', () => {
    const { pf } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(aguiAgent.definition.unavailable).toEqual(pf.unavailable['.'])
    expect(() => aguiAgent(agent, { ...quiet, target: 'wasm' })).toThrow(
      'agui-agent does not work on wasm (only on node): it streams, and works in the background. Instead, use spinAgent() from @pf-agents/spin-agent, which speaks A2A.',
    )
  })
})
