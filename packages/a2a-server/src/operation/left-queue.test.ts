import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineAgent, reply } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { toNodeListener } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { afterEach, describe, expect, it } from 'vitest'
import { a2aServer } from '../a2a-server'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** An agent on a socket: `hold` waits for `release`, `ask` asks back; one message may wait in a context. */
async function start() {
  const texts: string[] = []
  const begun = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const read = new Map<string, () => void>()
  const gone = new Map<string, () => void>()
  const agent = defineAgent({
    name: 'a',
    description: 'd',
    version: '1.0.0',
    async onMessage({ text }) {
      texts.push(text)
      if (text === 'ask') return reply.inputRequired({ prompt: 'Which?' })
      if (text !== 'hold') return reply.artifact({ parts: [{ text }] })
      begun.resolve()
      await released.promise
      return reply.artifact({ parts: [{ text }] })
    },
  })
  const logs: string[] = []
  const app = createApp(agent, [a2aServer(), eventStream()], {
    runtime: { concurrency: { whenBusy: 'queue', queueLimit: 1 } },
    logger: { log: (_level, message) => logs.push(message) },
  })
  const listener = toNodeListener(app)
  const server = createServer((incoming, outgoing) => {
    const name = String(incoming.headers['x-name'])
    incoming.once('end', () => setImmediate(() => read.get(name)?.()))
    outgoing.once('close', () => gone.get(name)?.())
    void listener(incoming, outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    released.resolve()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await app.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  async function call(method: string, params: object, name = '', signal?: AbortSignal) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'a2a-version': '1.0', 'x-name': name },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      ...(signal && { signal }),
    })
    return { status: response.status, body: await response.text() }
  }
  const message = (text: string, more: object = {}) => ({
    message: { messageId: text, role: 'ROLE_USER', contextId: 'c', parts: [{ text }], ...more },
  })
  return {
    call,
    message,
    texts,
    logs,
    begun: begun.promise,
    release: released.resolve,
    /** Resolves when all that can be done with a request at once is done. */
    whenRead: (name: string) => new Promise<void>((resolve) => read.set(name, resolve)),
    /** Resolves when the server knows that the client of a request is gone. */
    whenGone: (name: string) => new Promise<void>((resolve) => gone.set(name, resolve)),
  }
}

describe('a message that waits for its turn', () => {
  it.each([
    ['SendMessage', false],
    ['SendStreamingMessage', false],
    ['SendMessage', true],
  ])('leaves the queue with its caller: %s, to a task: %s', async (method, goesOn) => {
    const agent = await start()
    const { call, message } = agent
    const asked = JSON.parse((await call('SendMessage', message('ask'))).body) as { result: { task: { id: string } } }
    const taskId = asked.result.task.id
    const first = call('SendMessage', message('hold'))
    await agent.begun

    const client = new AbortController()
    const [read, gone] = [agent.whenRead('waiting'), agent.whenGone('waiting')]
    const waiting = call(method, message('lost', goesOn ? { taskId } : {}), 'waiting', client.signal)
    await read
    // There is room for one: that a second is refused says that the first is in.
    expect((await call('SendMessage', message('one too many'))).body).toContain('PF_BUSY')
    client.abort()
    await Promise.all([expect(waiting).rejects.toThrow('aborted'), gone])

    const next = call('SendMessage', message('next'))
    agent.release()
    const [one, two] = await Promise.all([first, next])
    expect([one.status, two.status]).toEqual([200, 200])
    expect(two.body).toContain('TASK_STATE_COMPLETED')
    expect(agent.texts).toEqual(['ask', 'hold', 'next'])
    const listed = JSON.parse((await call('ListTasks', { contextId: 'c' })).body) as {
      result: { tasks: { id: string; status: { state: string } }[] }
    }
    const { tasks } = listed.result
    expect(tasks.length).toBe(3)
    expect(tasks.find(({ id }) => id === taskId)?.status.state).toBe('TASK_STATE_INPUT_REQUIRED')
    expect(agent.logs).toEqual([])
  })
})
