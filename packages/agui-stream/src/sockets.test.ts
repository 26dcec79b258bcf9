import { request } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { serveAgui } from '../test/agui-app'
import { clients } from '../test/clients'
import { inputOf } from '../test/local'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

it.each(clients)('a client ($version) that aborts over a real connection ends the work', async ({ HttpAgent }) => {
  const aborted = Promise.withResolvers<unknown>()
  const server = await serveAgui(
    {
      async *onMessage(_message, context) {
        context.signal.addEventListener('abort', () => aborted.resolve(context.signal.reason))
        yield 'begun'
        await new Promise(() => {})
      },
    },
    // Node 22 opens another connection for the next request, and has none: it need not be waited for.
    { agui: { graceMs: 10 }, serve: { drainMs: 100 } },
  )
  closing.push(() => server.close())
  const agent = new HttpAgent({ url: server.endpoint, threadId: 't' })
  agent.addMessage({ id: 'u', role: 'user', content: 'go' })
  const { error } = console
  console.error = () => {}
  await agent.runAgent({ runId: 'r' }, { onTextMessageContentEvent: () => agent.abortRun() })
  console.error = error
  expect(await aborted.promise).toMatchObject({ code: 'PF_RUN_CANCELED' })
})

it('a client that goes away before the run has its turn leaves the queue', async () => {
  let calls = 0
  const gate = Promise.withResolvers<void>()
  const server = await serveAgui({
    onMessage: async () => {
      calls++
      await gate.promise
      return 'done'
    },
  })
  closing.push(() => server.close())
  const post = () => {
    const outgoing = request(server.endpoint, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json' },
    })
    const answered = new Promise<void>((resolve) => {
      outgoing.on('error', () => resolve())
      outgoing.on('response', (incoming) => incoming.resume().on('end', resolve))
    })
    outgoing.end(JSON.stringify(inputOf('go', { threadId: 'queue' })))
    return { outgoing, answered }
  }
  const first = post()
  await expect.poll(() => calls).toBe(1)
  const second = post()
  await new Promise((resolve) => setTimeout(resolve, 50))
  second.outgoing.destroy()
  await second.answered
  await new Promise((resolve) => setTimeout(resolve, 50))
  gate.resolve()
  await first.answered
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(calls).toBe(1)
})
