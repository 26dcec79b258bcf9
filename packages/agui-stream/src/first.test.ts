import { afterEach, describe, expect, it } from 'vitest'
import { serveAgui } from '../test/agui-app'
import { clients } from '../test/clients'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe.each(clients)('client $version', ({ HttpAgent }) => {
  it('reads what a handler answers', async () => {
    const server = await serveAgui({ onMessage: (message) => `Echo: ${message.text}` })
    closing.push(() => server.close())
    const agent = new HttpAgent({ url: server.endpoint, threadId: 't1' })
    agent.addMessage({ id: 'u1', role: 'user', content: 'hello' })
    await agent.runAgent({ runId: 'r1' })
    expect(agent.messages).toMatchObject([
      { id: 'u1', role: 'user' },
      { role: 'assistant', content: 'Echo: hello' },
    ])
  })
})
