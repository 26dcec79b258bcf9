// The A2A client inside the real component: an agent there asks an agent on Node, over real HTTP and both bindings.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, createA2AClient, userMessage } from '@pf-agents/a2a-client'
import type { JsonObject, Task } from '@pf-agents/agent-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSuiteApp } from '../../a2a-server/src/suite/app'
import { everyPart } from '../../a2a-server/src/suite/agent'
import { startComponent, type StartedApp, startNode } from '../src/node'

const entry = new URL('./apps/caller.spin.ts', import.meta.url).pathname
const options = { logger: { log: () => {} } }
let caller: StartedApp
let open: StartedApp
let guarded: StartedApp
beforeAll(async () => {
  open = await startNode(createSuiteApp('open', [], options))
  guarded = await startNode(createSuiteApp('guarded', [], options))
  caller = await startComponent(entry, { workers: 1, world: 'wasi-http', outbound: ['http://127.0.0.1:*'] })
}, 180_000)
afterAll(() => Promise.all([caller, open, guarded].map((app) => app?.close())))

type Call = { operation: string; request?: JsonObject }

/** Has the component make calls, and tells what they came to there. */
async function called(through: StartedApp, order: JsonObject, calls: Call[]): Promise<JsonObject[]> {
  const data = { ...order, calls: calls as unknown as JsonObject[] }
  const answer = await createA2AClient({ url: through.url }).sendMessage({
    message: { ...userMessage(''), parts: [{ data }] },
  })
  const parts = 'message' in answer ? answer.message.parts : answer.task.artifacts?.[0]?.parts
  const { results } = (parts?.[0]?.data ?? {}) as { results?: JsonObject[] }
  if (results === undefined) throw new Error(`The component answered ${JSON.stringify(answer)}`)
  return results
}

describe.each(['JSONRPC', 'HTTP+JSON'] as const)('an agent in a component asks one on Node over %s', (binding) => {
  const on = (app: StartedApp, calls: Call[], more: JsonObject = {}) =>
    called(caller, { url: app.url, binding, ...more }, calls)
  const say = (text: string, more: JsonObject = {}): Call => ({ operation: 'say', request: { text, ...more } })

  it('SendMessage: a message, and a task with parts of every kind', async () => {
    const [message, task] = await on(open, [say('grüße 😀'), say('parts')])
    expect(message).toMatchObject({ message: { role: 'agent', parts: [{ text: 'Echo: grüße 😀' }] } })
    expect(task).toMatchObject({ task: { status: { state: 'completed' }, artifacts: [{ parts: everyPart }] } })
  })

  it('SendMessage: answers what was asked, in a request of its own', async () => {
    const [asked] = (await on(open, [say('ask')])) as unknown as [{ task: Task }]
    const { id, contextId } = asked.task
    expect(asked.task.status.state).toBe('input-required')
    const [answered, again] = await on(open, [say('Rome', { taskId: id, contextId }), say('more', { taskId: id })])
    expect(answered).toMatchObject({
      task: { id, status: { state: 'completed' }, artifacts: [{ parts: [{ text: 'To Rome' }] }] },
    })
    expect(again).toMatchObject({ kind: 'UnsupportedOperationError', code: 'PF_TASK_TERMINAL' })
  })

  it('GetTask and ListTasks: what the agent itself says', async () => {
    const contextId = crypto.randomUUID()
    const [one, two] = (await on(open, [
      say('task one', { contextId }),
      say('task two', { contextId }),
    ])) as unknown as [{ task: Task }, { task: Task }]
    const [read, page, walked] = await on(open, [
      { operation: 'getTask', request: { id: one.task.id } },
      { operation: 'listTasks', request: { contextId, pageSize: 1, includeArtifacts: true } },
      { operation: 'listTasks', request: { contextId, status: 'working' } },
    ])
    expect(read).toEqual(await (await connect(open.url)).getTask({ id: one.task.id }))
    expect(page).toMatchObject({
      tasks: [{ id: two.task.id, artifacts: [{ parts: [{ text: 'two' }] }] }],
      pageSize: 1,
      totalSize: 2,
    })
    const [next] = await on(open, [
      { operation: 'listTasks', request: { contextId, pageSize: 1, pageToken: page?.['nextPageToken'] as string } },
    ])
    expect(next).toMatchObject({ tasks: [{ id: one.task.id }], nextPageToken: '' })
    expect(walked).toMatchObject({ tasks: [], totalSize: 0 })
  })

  it('CancelTask: a task that runs, and errors with their code', async () => {
    const [started] = (await on(open, [
      say('wait 60000', { configuration: { returnImmediately: true } }),
    ])) as unknown as [{ task: Task }]
    expect(started.task.status.state).toMatch(/submitted|working/)
    const [done] = (await on(open, [say('task x')])) as unknown as [{ task: Task }]
    const cancel = (id: string): Call => ({ operation: 'cancelTask', request: { id } })
    expect(
      await on(open, [
        cancel(started.task.id),
        cancel(done.task.id),
        cancel('no/such task'),
        { operation: 'getTask', request: { id: 'no/such task' } },
        { operation: 'listTasks', request: { pageSize: 1_000 } },
      ]),
    ).toMatchObject([
      { id: started.task.id, status: { state: 'canceled' } },
      { kind: 'TaskNotCancelableError', code: 'PF_TASK_NOT_CANCELABLE' },
      { kind: 'TaskNotFoundError', code: 'PF_TASK_NOT_FOUND' },
      { kind: 'TaskNotFoundError', code: 'PF_TASK_NOT_FOUND' },
      { kind: 'InvalidParamsError', code: 'PF_REQUEST_INVALID' },
    ])
  })

  it('GetExtendedAgentCard: with a credential, and what is said without', async () => {
    const calls: Call[] = [{ operation: 'card' }, { operation: 'getExtendedAgentCard' }]
    expect(await on(guarded, calls, { token: 'alice-token' })).toMatchObject([
      { name: 'suite', skills: [{ id: 'upper' }, { id: 'picture' }] },
      { description: 'For alice', skills: [{}, {}, { id: 'secret' }] },
    ])
    const [, refused] = await on(guarded, calls)
    expect(refused).toMatchObject({ code: 'PF_UNAUTHENTICATED' })
    const [, none] = await on(open, calls)
    expect(none).toMatchObject({ kind: 'UnsupportedOperationError', code: 'PF_OPERATION_UNSUPPORTED' })
  })
})

it('nothing goes to where the host does not let it go', async () => {
  let requests = 0
  const server = createServer((_, response) => response.end(String(++requests))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await using shut = await startComponent(entry, { workers: 1, world: 'wasi-http' })
    const { port } = server.address() as AddressInfo
    const order = { url: `http://127.0.0.1:${port}`, binding: 'JSONRPC' }
    await expect(called(shut, order, [{ operation: 'card' }])).rejects.toThrow('"state":"failed"')
    expect(requests).toBe(0)
  } finally {
    server.close()
  }
})
