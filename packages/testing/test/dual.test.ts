// One agent on A2A and AG-UI: what one protocol begins, the other answers, watches and reads.
import { HttpAgent } from '@ag-ui/client'
import { a2aServer } from '@pf-agents/a2a-server'
import { type AgentDefinition, defineAgent, reply } from '@pf-agents/agent-core'
import { aguiStream } from '@pf-agents/agui-stream'
import { createApp } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { afterEach, describe, expect, it } from 'vitest'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

// oxlint-disable-next-line typescript/no-explicit-any -- two wires are looked at
type Json = any

class Dual {
  readonly #server: RunningServer

  private constructor(server: RunningServer) {
    this.#server = server
  }

  static async serve(agent: Partial<AgentDefinition>): Promise<Dual> {
    const defined = defineAgent({ name: 'dual', description: 'On both', version: '1.0.0', ...agent })
    const app = createApp(defined, [eventStream(), a2aServer(), aguiStream({ graceMs: 50 })], {
      logger: { log: () => {} },
    })
    const server = await serve(app, { port: 0 })
    closing.push(() => server.close())
    return new Dual(server)
  }

  /** A client of AG-UI on a thread. */
  ui(threadId: string, place = ''): HttpAgent {
    return new HttpAgent({ url: `${this.#server.url}/agui${place}`, threadId })
  }

  async run(client: HttpAgent, parameters: object = {}, text?: string): Promise<Json[]> {
    const seen: Json[] = []
    if (text !== undefined) client.addMessage({ id: crypto.randomUUID(), role: 'user', content: text })
    await client.runAgent(
      { runId: crypto.randomUUID(), ...parameters },
      { onEvent: ({ event }) => void seen.push(event) },
    )
    return seen
  }

  /** Somebody else who comes to the thread with nothing. */
  async visit(threadId: string): Promise<{ client: HttpAgent; seen: Json[] }> {
    const client = this.ui(threadId, `/threads/${threadId}/connect`)
    return { client, seen: await this.run(client) }
  }

  async a2a(method: string, params: object): Promise<Json> {
    const response = await fetch(this.#server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    const { result, error } = (await response.json()) as Json
    if (error !== undefined) throw Object.assign(new Error(error.message), { error })
    return result
  }

  send(text: string, more: object = {}): Promise<Json> {
    const message = { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text }], ...more }
    return this.a2a('SendMessage', { message })
  }

  async tasks(contextId: string): Promise<Json[]> {
    return (await this.a2a('ListTasks', { contextId, includeArtifacts: true })).tasks
  }
}

const booking: Partial<AgentDefinition> = {
  async *onMessage(message, context) {
    const { day } = context.slots
    if (day === undefined) {
      yield { type: 'text-start', messageId: 'intro' }
      yield { type: 'text-delta', messageId: 'intro', delta: 'A table it is.' }
      yield { type: 'text-end', messageId: 'intro' }
      yield { type: 'tool-call-start', toolCallId: 'find', name: 'find', messageId: 'intro' }
      yield { type: 'tool-call-delta', toolCallId: 'find', delta: '{"for":2}' }
      yield { type: 'tool-call-end', toolCallId: 'find' }
      yield { type: 'tool-result', toolCallId: 'find', parts: [{ data: ['Friday', 'Sunday'] }] }
      yield { type: 'state-snapshot', state: { table: 4 } }
      yield reply.inputRequired({ prompt: 'Which day?', slot: 'day', schema: { type: 'string' } })
      return
    }
    yield { type: 'state-delta', patch: [{ op: 'add', path: '/day', value: day }] }
    yield {
      type: 'artifact',
      artifact: { artifactId: 'ticket', name: 'ticket', parts: [{ text: `Table on ${String(day)}` }] },
    }
    yield reply.text(`Booked for ${String(day)}.`)
  },
}

describe('one agent on two protocols', () => {
  it('begun over AG-UI, interrupted, answered over A2A, finished: who re-joins over AG-UI sees it all', async () => {
    const dual = await Dual.serve(booking)
    const page = dual.ui('thread-1')
    const first = await dual.run(page, {}, 'a table for two')
    expect(first.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'interrupt' } })

    // The same conversation over A2A: the task waits there, too.
    const [waiting] = await dual.tasks('thread-1')
    expect(waiting).toMatchObject({ contextId: 'thread-1', status: { state: 'TASK_STATE_INPUT_REQUIRED' } })
    const { task } = await dual.send('Friday', { taskId: waiting.id, contextId: 'thread-1' })
    expect(task.status.state).toBe('TASK_STATE_COMPLETED')

    const { client, seen } = await dual.visit('thread-1')
    expect(seen.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'success' } })
    expect(client.messages).toMatchObject([
      { role: 'user', content: 'a table for two' },
      {
        role: 'assistant',
        content: 'A table it is.',
        toolCalls: [{ function: { name: 'find', arguments: '{"for":2}' } }],
      },
      { role: 'tool', content: '["Friday","Sunday"]' },
      { role: 'user', content: 'Friday' },
      {
        role: 'activity',
        activityType: 'a2a.artifact',
        content: { name: 'ticket', parts: [{ text: 'Table on Friday' }] },
      },
      { role: 'assistant', content: 'Booked for Friday.' },
    ])
    expect(client.state).toEqual({ table: 4, day: 'Friday' })

    // The page that asked is behind: it re-joins, has all of it, and nothing twice.
    // A client asks for an answer to what it knows as open, also of a run that only looks.
    Object.assign(page, { url: (client as Json).url, pendingInterrupts: [] })
    await dual.run(page)
    expect(page.messages.map(({ id }) => id).sort()).toEqual(client.messages.map(({ id }) => id).sort())
    expect(page.pendingInterrupts).toEqual([])
  })

  it('begun over A2A, watched over AG-UI while it runs, answered there', async () => {
    const gate = Promise.withResolvers<void>()
    const dual = await Dual.serve({
      async *onMessage(_message, context) {
        if (context.slots['day'] !== undefined) {
          yield reply.text('Thanks.')
          return
        }
        yield 'Half '
        await gate.promise
        yield 'whole.'
        yield reply.inputRequired({ prompt: 'Which day?', slot: 'day' })
      },
    })
    const { task } = await dual.a2a('SendMessage', {
      message: { messageId: 'm1', role: 'ROLE_USER', parts: [{ text: 'go' }], contextId: 'thread-2' },
      configuration: { returnImmediately: true },
    })
    const watching = dual.visit('thread-2')
    await new Promise((resolve) => setTimeout(resolve, 50))
    gate.resolve()
    const { client, seen } = await watching
    expect(client.messages).toMatchObject([
      { id: 'm1', role: 'user', content: 'go' },
      { role: 'assistant', content: 'Half whole.' },
    ])
    const { interrupts } = seen.at(-1).outcome
    Object.assign(client, { url: (client as Json).url.replace(/\/threads.*/, '') })
    await dual.run(client, { resume: [{ interruptId: interrupts[0].id, status: 'resolved', payload: 'Friday' }] })
    expect(client.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'Thanks.' })
    expect((await dual.a2a('GetTask', { id: task.id })).status.state).toBe('TASK_STATE_COMPLETED')
  })

  it('a question is answered once, whichever side is first', async () => {
    const dual = await Dual.serve(booking)
    const page = dual.ui('thread-3')
    const { interrupts } = (await dual.run(page, {}, 'a table')).at(-1).outcome
    const [waiting] = await dual.tasks('thread-3')
    await dual.send('Friday', { taskId: waiting.id })
    const { error } = console
    console.error = () => {}
    await expect(
      dual.run(page, { resume: [{ interruptId: interrupts[0].id, status: 'resolved', payload: 'Sunday' }] }),
    ).rejects.toMatchObject({ status: 409, payload: { error: { code: 'PF_INTERRUPT_ANSWERED' } } })
    console.error = error
    expect(JSON.stringify(await dual.a2a('GetTask', { id: waiting.id }))).toContain('Table on Friday')
  })

  it('a task that is canceled over A2A ends its run over AG-UI as canceled; and the other way', async () => {
    const dual = await Dual.serve({
      async *onMessage() {
        yield 'on and on'
        await new Promise(() => {})
      },
    })
    const page = dual.ui('thread-4')
    const running = dual.run(page, {}, 'go')
    await expect.poll(async () => (await dual.tasks('thread-4')).length).toBe(1)
    const [task] = await dual.tasks('thread-4')
    await dual.a2a('CancelTask', { id: task.id })
    expect((await running).at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'cancelled' } })

    const { task: other } = await dual.a2a('SendMessage', {
      message: { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'go' }], contextId: 'thread-5' },
      configuration: { returnImmediately: true },
    })
    const stopped = await fetch((dual.ui('thread-5', '/threads/thread-5/cancel') as Json).url, { method: 'POST' })
    expect(stopped.status).toBe(200)
    expect((await dual.a2a('GetTask', { id: other.id })).status.state).toBe('TASK_STATE_CANCELED')
  })

  it.each([
    [
      'failed',
      reply.failed('Out of order.'),
      { type: 'RUN_ERROR', code: 'failed', message: 'Out of order.' },
      'FAILED',
    ],
    [
      'rejected',
      reply.rejected('Not mine.'),
      { type: 'RUN_ERROR', code: 'rejected', message: 'Not mine.' },
      'REJECTED',
    ],
    [
      'auth-required',
      reply.authRequired({ prompt: 'Sign in.' }),
      {
        type: 'RUN_FINISHED',
        outcome: { type: 'interrupt', interrupts: [{ reason: 'auth_required', message: 'Sign in.' }] },
      },
      'AUTH_REQUIRED',
    ],
    [
      'completed',
      reply.artifact({ name: 'plan', parts: [{ text: 'Day 1' }] }),
      { type: 'RUN_FINISHED', outcome: { type: 'success' } },
      'COMPLETED',
    ],
  ])('%s is told by both', async (_name, answer, end, state) => {
    const dual = await Dual.serve({ onMessage: () => answer })
    const seen = await dual.run(dual.ui('thread-6'), {}, 'go')
    expect(seen.at(-1)).toMatchObject(end)
    const [task] = await dual.tasks('thread-6')
    expect(task.status.state).toBe(`TASK_STATE_${state}`)
    const { seen: again } = await dual.visit('thread-6')
    expect(again.at(-1)).toMatchObject(end)
  })
})
