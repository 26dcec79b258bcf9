import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type SdkAgent, startSdkAgent } from '../test/sdk-agent'
import { type A2AClient, connect } from './client'
import type { ClientBinding } from './options'
import { toRemoteAgent } from './remote-agents'
import { userMessage } from './user-message'

let agent: SdkAgent
beforeAll(async () => {
  // The SDK logs what its executor throws.
  vi.spyOn(console, 'error').mockImplementation(() => {})
  agent = await startSdkAgent()
})
afterAll(() => {
  agent.close()
  vi.restoreAllMocks()
})

const bearer = () => ({ authorization: 'Bearer good' })

const send = async (client: A2AClient, text: string, rest = {}) => {
  const answer = await client.sendMessage({ message: userMessage(text, rest) })
  if (!('task' in answer)) throw new Error('A message came where a task was due')
  return answer.task
}

describe.each<ClientBinding>(['JSONRPC', 'HTTP+JSON'])('an agent on the official SDK, over %s', (binding) => {
  const connected = () => connect(agent.url, { prefer: { bindings: [binding] }, headers: bearer })

  it('SendMessage: a message', async () => {
    const client = await connected()
    const answer = await client.sendMessage({ message: userMessage('message', { contextId: 'c-1' }) })
    expect(answer).toMatchObject({ message: { role: 'agent', parts: [{ text: 'direct' }], contextId: 'c-1' } })
    expect(agent.log.at(-1)).toBe(binding === 'JSONRPC' ? 'POST /rpc 200' : 'POST /rest/message:send 200')
  })

  it('SendMessage: a task with every kind of part', async () => {
    const client = await connected()
    const task = await send(client, 'grüße 😀', { metadata: { 'https://x.example/e': { deep: [1] } } })
    expect(task.status.state).toBe('completed')
    expect(task.history[0]).toMatchObject({
      role: 'user',
      parts: [{ text: 'grüße 😀' }],
      metadata: { 'https://x.example/e': { deep: [1] } },
    })
    expect(task.artifacts).toEqual([
      {
        artifactId: 'a-1',
        name: 'result',
        metadata: { k: 1 },
        parts: [
          { text: 'done: grüße 😀' },
          { raw: btoa('bytes'), filename: 'a.bin', mediaType: 'application/octet-stream' },
          { url: 'https://files.example/a.pdf', mediaType: 'application/pdf' },
          { data: { n: [1, null, 'x'] } },
        ],
      },
    ])
  })

  it('SendMessage: parts of every kind on the way there', async () => {
    const client = await connected()
    const parts = [
      { text: 'a' },
      { raw: btoa('\0\xff') },
      { url: 'https://x.example/' },
      { data: 0 },
      { data: [1, { b: 'c' }] },
    ]
    const answer = await client.sendMessage({ message: userMessage(parts) })
    expect(answer).toMatchObject({ task: { history: [{ parts }] } })
  })

  it('SendMessage: a follow-up to a task that asked for input', async () => {
    const client = await connected()
    const asked = await send(client, 'input')
    expect(asked.status).toMatchObject({ state: 'input-required', message: { parts: [{ text: 'where to?' }] } })
    const done = await send(client, 'Paris', { taskId: asked.id, contextId: asked.contextId })
    expect(done).toMatchObject({ id: asked.id, status: { state: 'completed' } })
    await expect(send(client, 'more', { taskId: asked.id })).rejects.toMatchObject({
      kind: 'UnsupportedOperationError',
      code: 'PF_OPERATION_UNSUPPORTED',
    })
  })

  it('SendMessage: rejected and failed tasks are tasks, not errors', async () => {
    const client = await connected()
    expect((await send(client, 'reject')).status).toMatchObject({
      state: 'rejected',
      message: { parts: [{ text: 'not my trade' }] },
    })
    expect((await send(client, 'throw')).status.state).toBe('failed')
  })

  it('GetTask, with as much history as is asked for', async () => {
    const client = await connected()
    const { id } = await send(client, 'hello')
    expect(await client.getTask({ id })).toMatchObject({
      id,
      status: { state: 'completed' },
      history: [{ parts: [{ text: 'hello' }] }],
    })
    expect((await client.getTask({ id, historyLength: 0 })).history).toEqual([])
    await expect(client.getTask({ id: 'no/such?task#' })).rejects.toMatchObject({
      name: 'A2AError',
      kind: 'TaskNotFoundError',
      code: 'PF_TASK_NOT_FOUND',
      remote: {
        ...(binding === 'JSONRPC' ? { rpcCode: -32001 } : { httpStatus: 404 }),
        details: [expect.objectContaining({ reason: 'TASK_NOT_FOUND', domain: 'a2a-protocol.org' })],
      },
    })
  })

  it('ListTasks: pages, filters and the walk over all pages', async () => {
    const client = await connected()
    const contextId = `list-${binding}`
    const ids: string[] = []
    for (let count = 0; count < 7; count++) ids.push((await send(client, `t${count}`, { contextId })).id)
    const first = await client.listTasks({ contextId, pageSize: 3 })
    expect(first).toMatchObject({ pageSize: 3, totalSize: 7 })
    expect(first.tasks).toHaveLength(3)
    const second = await client.listTasks({ contextId, pageSize: 3, pageToken: first.nextPageToken })
    expect(second.tasks).toHaveLength(3)
    const all: string[] = []
    for await (const task of client.eachTask({
      contextId,
      pageSize: 2,
      status: 'completed',
      includeArtifacts: true,
      historyLength: 1,
    })) {
      expect(task.artifacts).toHaveLength(1)
      all.push(task.id)
    }
    expect(all.toSorted()).toEqual(ids.toSorted())
    expect((await client.listTasks({ contextId, status: 'working' })).tasks).toEqual([])
    expect((await client.listTasks({ contextId, statusTimestampAfter: '2999-01-01T00:00:00.000Z' })).totalSize).toBe(0)
    await expect(client.listTasks({ pageSize: 1000 })).rejects.toMatchObject({
      kind: 'InvalidParamsError',
      code: 'PF_REQUEST_INVALID',
    })
  })

  it('CancelTask: a running task, and one that is over', async () => {
    const client = await connected()
    const { task } = (await client.sendMessage({
      message: userMessage('slow'),
      configuration: { returnImmediately: true },
    })) as { task: { id: string } }
    expect((await client.getTask({ id: task.id })).status.state).toMatch(/submitted|working/)
    expect((await client.cancelTask({ id: task.id })).status.state).toBe('canceled')
    // The SDK refuses the second time; for a caller it is done all the same.
    expect((await client.cancelTask({ id: task.id })).status.state).toBe('canceled')
    const { id } = await send(client, 'hello')
    await expect(client.cancelTask({ id })).rejects.toMatchObject({
      kind: 'TaskNotCancelableError',
      code: 'PF_TASK_NOT_CANCELABLE',
    })
    await expect(client.cancelTask({ id: 'none' })).rejects.toMatchObject({ kind: 'TaskNotFoundError' })
  })

  it('GetExtendedAgentCard: takes the place of the public one', async () => {
    const client = await connected()
    expect((await client.card()).name).toBe('scripted')
    expect((await client.getExtendedAgentCard()).name).toBe('scripted, for you')
    expect((await client.card()).name).toBe('scripted, for you')
  })

  it('answers as the port of agent-core', async () => {
    const remote = toRemoteAgent(await connected())
    expect(await remote.send(userMessage('message'))).toMatchObject({ message: { parts: [{ text: 'direct' }] } })
    const { task } = await remote.send(userMessage('slow'), { returnImmediately: true })
    const id = task?.id as string
    expect(await remote.task(id)).toMatchObject({ id })
    expect(await remote.cancel(id, { timeoutMs: 5000 })).toMatchObject({ id, status: { state: 'canceled' } })
  })
})

describe('an agent on the official SDK', () => {
  it('has its card asked for again by its ETag, and not before it is due', async () => {
    const short = await startSdkAgent({ maxAge: 0 })
    try {
      let now = Date.now()
      const clock = {
        now: () => now,
        after: (ms: number, callback: () => void) =>
          (
            (timer) => () =>
              clearTimeout(timer)
          )(setTimeout(callback, ms)),
      }
      const client = await connect(short.url, { clock })
      await client.getTask({ id: 'x' }).catch(() => {})
      expect(short.log.filter((line) => line.includes('agent-card'))).toEqual(['GET /.well-known/agent-card.json 200'])
      now += 11_000
      await client.getTask({ id: 'x' }).catch(() => {})
      expect(short.log.filter((line) => line.includes('agent-card'))).toEqual([
        'GET /.well-known/agent-card.json 200',
        'GET /.well-known/agent-card.json 304',
      ])
    } finally {
      short.close()
    }
  })

  it.each<ClientBinding>(['JSONRPC', 'HTTP+JSON'])('is told the tenant of its interface over %s', async (binding) => {
    const tenanted = await startSdkAgent({ tenant: 'acme' })
    try {
      const client = await connect(tenanted.url, { prefer: { bindings: [binding] }, headers: bearer })
      const task = await send(client, 'hello')
      expect(task.metadata).toMatchObject({ tenant: 'acme' })
      expect(await client.getTask({ id: task.id })).toMatchObject({ id: task.id })
      expect((await client.listTasks()).tasks.map(({ id }) => id)).toEqual([task.id])
      expect((await client.getExtendedAgentCard()).name).toBe('scripted, for you')
    } finally {
      tenanted.close()
    }
  })

  it('says that it has no extended card', async () => {
    const plain = await startSdkAgent({ extended: false })
    try {
      for (const binding of ['JSONRPC', 'HTTP+JSON'] as const) {
        const client = await connect(plain.url, { prefer: { bindings: [binding] } })
        await expect(client.getExtendedAgentCard()).rejects.toMatchObject({
          name: 'A2AError',
          kind: expect.stringMatching(/UnsupportedOperation|ExtendedAgentCardNotConfigured/),
        })
      }
    } finally {
      plain.close()
    }
  })
})
