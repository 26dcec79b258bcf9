import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startV03Agent, type V03Agent } from '../../test/sdk-agent-v03'
import { type A2AClient, connect, createStrictA2AClient } from '../client'
import type { ClientBinding } from '../options'
import { createPushReceiver } from '../push-receiver/push-receiver'
import { toRemoteAgent } from '../remote-agents'
import { userMessage } from '../user-message'
import { upgradeV03Notification } from './upgrade-notification'

let agent: V03Agent
beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(console, 'info').mockImplementation(() => {})
  agent = await startV03Agent()
})
afterAll(() => {
  agent.close()
  vi.restoreAllMocks()
})

const send = async (client: A2AClient, text: string, rest = {}, configuration = {}) => {
  const answer = await client.sendMessage({ message: userMessage(text, rest), configuration })
  if (!('task' in answer)) throw new Error('A message came where a task was due')
  return answer.task
}

describe.each<ClientBinding>(['JSONRPC', 'HTTP+JSON'])('an agent of A2A 0.3 on its SDK, over %s', (binding) => {
  const connected = () => connect(agent.url, { prefer: { bindings: [binding] } })

  it('is found by its card', async () => {
    const client = await connected()
    expect(await client.card()).toMatchObject({
      name: 'old',
      supportedInterfaces: [
        { protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
        { protocolBinding: 'HTTP+JSON', protocolVersion: '0.3' },
      ],
      capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true },
      securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
    })
  })

  it('answers with a message', async () => {
    const client = await connected()
    const answer = await client.sendMessage({ message: userMessage('message', { contextId: 'c-1' }) })
    expect(answer).toMatchObject({ message: { role: 'agent', parts: [{ text: 'direct' }] } })
  })

  it('answers with a task with parts of every kind', async () => {
    const task = await send(await connected(), 'grüße 😀')
    expect(task.status.state).toBe('completed')
    expect(task.history[0]).toMatchObject({ role: 'user', parts: [{ text: 'grüße 😀' }] })
    expect(task.artifacts.map(({ parts }) => parts)).toEqual([
      [{ text: 'done: ' }, { text: 'grüße 😀' }],
      [
        { raw: btoa('bytes'), mediaType: 'application/octet-stream' },
        { url: 'https://files.example/a.pdf', mediaType: 'application/pdf' },
        { data: { n: [1, null, 'x'] } },
      ],
    ])
  })

  it('takes parts of every kind', async () => {
    const client = await connected()
    const parts = [{ text: 'a' }, { raw: btoa('\0\xff') }, { url: 'https://x.example/' }, { data: { b: 'c' } }]
    const answer = await client.sendMessage({ message: userMessage(parts) })
    expect(answer).toMatchObject({ task: { history: [{ parts }] } })
  })

  it('asks, is answered, is read, and is canceled', async () => {
    const client = await connected()
    const asked = await send(client, 'input')
    expect(asked.status).toMatchObject({ state: 'input-required', message: { parts: [{ text: 'where to?' }] } })
    const done = await send(client, 'Paris', { taskId: asked.id, contextId: asked.contextId })
    expect(done).toMatchObject({ id: asked.id, status: { state: 'completed' } })
    expect(await client.getTask({ id: asked.id })).toMatchObject({ id: asked.id, status: { state: 'completed' } })
    const slow = await send(client, 'slow', {}, { returnImmediately: true })
    expect(slow.status.state).toMatch(/submitted|working/)
    expect((await client.cancelTask({ id: slow.id })).status.state).toBe('canceled')
    await expect(client.cancelTask({ id: asked.id })).rejects.toMatchObject({
      kind: 'TaskNotCancelableError',
      code: 'PF_TASK_NOT_CANCELABLE',
    })
    await expect(client.getTask({ id: 'no/such' })).rejects.toMatchObject({
      kind: 'TaskNotFoundError',
      code: 'PF_TASK_NOT_FOUND',
    })
    expect((await send(client, 'reject')).status).toMatchObject({
      state: 'rejected',
      message: { parts: [{ text: 'not my trade' }] },
    })
  })

  it('streams', async () => {
    const client = await connected()
    const stream = client.sendStreamingMessage({ message: userMessage('Rome') })
    const kinds: string[] = []
    for await (const event of stream) kinds.push(Object.keys(event)[0] as string)
    expect(kinds).toEqual([
      'task',
      'statusUpdate',
      'artifactUpdate',
      'artifactUpdate',
      'artifactUpdate',
      'statusUpdate',
    ])
    expect(stream.task).toMatchObject({ status: { state: 'completed' } })
    expect(stream.task?.artifacts[0]?.parts.map((part) => part.text).join('')).toBe('done: Rome')
    const direct = client.sendStreamingMessage({ message: userMessage('message') })
    for await (const event of direct) expect(event).toMatchObject({ message: { parts: [{ text: 'direct' }] } })
  })

  it('is subscribed to', async () => {
    const client = await connected()
    const { id } = await send(client, 'slow', {}, { returnImmediately: true })
    const states: string[] = []
    for await (const event of client.subscribeToTask({ id })) {
      if ('task' in event) {
        states.push(event.task.status.state)
        void client.cancelTask({ id })
      } else if ('statusUpdate' in event) states.push(event.statusUpdate.status.state)
    }
    expect([states[0], states.at(-1)]).toEqual(['working', 'canceled'])
  })

  it('keeps push configs', async () => {
    const client = await connected()
    const { id: taskId } = await send(client, 'input')
    const config = {
      taskId,
      id: 'p',
      url: 'http://127.0.0.1:9/',
      token: 'tok',
      authentication: { scheme: 'Bearer', credentials: 'c' },
    }
    expect(await client.createPushConfig(config)).toEqual(config)
    expect(await client.getPushConfig({ taskId, id: 'p' })).toEqual(config)
    expect(await client.listPushConfigs({ taskId })).toEqual({ configs: [config], nextPageToken: '' })
    await client.deletePushConfig({ taskId, id: 'p' })
    expect((await client.listPushConfigs({ taskId })).configs).toEqual([])
  })

  it('has a webhook told, and our receiver reads it', async () => {
    const states: string[] = []
    const taken = new Set<string>()
    const receiver = createPushReceiver({
      token: 'tok',
      isOwnTask: () => true,
      upgrade: upgradeV03Notification,
      onNotification({ taskId, update }) {
        taken.add(taskId)
        if ('task' in update) states.push(update.task.status.state)
      },
    })
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const headers = Object.entries(request.headers).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      )
      const answer = await receiver.handle(
        new Request('http://hook.test/', { method: 'POST', headers, body: Buffer.concat(chunks) }),
      )
      response.writeHead(answer.status).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const task = await send(await connected(), 'Rome', {}, { taskPushNotificationConfig: { url, token: 'tok' } })
      const end = Date.now() + 5_000
      while (states.at(-1) !== 'completed' && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
      expect([states.at(-1), [...taken]]).toEqual(['completed', [task.id]])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('can not list its tasks, and is not asked to', async () => {
    const client = await connected()
    await expect(client.listTasks()).rejects.toMatchObject({ kind: 'UnsupportedOperationError' })
  })

  it('answers as the port of agent-core', async () => {
    const remote = toRemoteAgent(await connected())
    expect(await remote.send(userMessage('message'))).toMatchObject({ message: { parts: [{ text: 'direct' }] } })
  })
})

describe('an agent of A2A 0.3', () => {
  it('gives its extended card', async () => {
    const client = await connect(agent.url, { headers: () => ({ authorization: 'Bearer good' }) })
    expect((await client.getExtendedAgentCard()).name).toBe('old, for you')
    expect((await send(client, 'x')).status.state).toBe('completed')
  })

  it('is used by the transport it prefers', async () => {
    const rest = await startV03Agent('HTTP+JSON')
    try {
      const urls: string[] = []
      const client = await connect(rest.url, {
        fetch: (url, init) => {
          urls.push(url)
          return fetch(url, init)
        },
      })
      await send(client, 'x')
      expect(urls.at(-1)).toBe(`${rest.url}/rest/v1/message:send`)
    } finally {
      rest.close()
    }
  })

  it('is nothing for a strict client, which says so', async () => {
    const client = createStrictA2AClient({ url: agent.url })
    await expect(client.card()).rejects.toMatchObject({
      code: 'PF_REMOTE_CARD',
      message: expect.stringContaining('0.3.0'),
    })
  })
})
