import type { MessageSendParams, Task, TaskPushNotificationConfig } from '@a2a-js/sdk-0.3'
import {
  type Client,
  ClientFactory,
  ClientFactoryOptions,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk-0.3/client'
import { bearer } from '@pf-agents/auth'
import { createApp } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebhook } from '../../test/webhook'
import { a2aServer } from '../a2a-server'
import { pushNotifications } from '../push/push-notifications'
import { suiteAgent } from '../suite/agent'

const logger = { log: () => {} }

function params(
  text: string,
  more: { taskId?: string; contextId?: string; configuration?: MessageSendParams['configuration'] } = {},
): MessageSendParams {
  const { configuration, ...rest } = more
  return {
    message: {
      kind: 'message',
      messageId: crypto.randomUUID(),
      role: 'user',
      parts: [{ kind: 'text', text }],
      ...rest,
    },
    ...(configuration && { configuration }),
  }
}

async function connect(url: string, name: string, fetchImpl: typeof fetch = fetch): Promise<Client> {
  const transports = [
    name === 'JSONRPC' ? new JsonRpcTransportFactory({ fetchImpl }) : new RestTransportFactory({ fetchImpl }),
  ]
  const options = ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
    transports,
    preferredTransports: [name],
  })
  // The card of 0.3 has a place of its own: the usual one has that of 1.0.
  return new ClientFactory(options).createFromUrl(url, '/.well-known/agent.json')
}

describe.each(['JSONRPC', 'HTTP+JSON'])('the 0.3 client of @a2a-js/sdk over %s', (name) => {
  let server: RunningServer
  let client: Client
  beforeAll(async () => {
    const features = [a2aServer(), eventStream(), pushNotifications({ allow: ['http://127.0.0.1:*'] })]
    server = await serve(createApp(suiteAgent, features, { logger }), { port: 0 })
    client = await connect(server.url, name)
  })
  afterAll(() => server.close())

  const taskOf = async (text: string, more = {}): Promise<Task> => {
    const result = await client.sendMessage(params(text, more))
    if (result.kind !== 'task') throw new Error(`Not a task: ${JSON.stringify(result)}`)
    return result
  }

  it('reads the card', async () => {
    expect(await client.getAgentCard()).toMatchObject({
      protocolVersion: '0.3.0',
      name: 'suite',
      url: server.url,
      preferredTransport: 'JSONRPC',
      capabilities: { streaming: true, pushNotifications: true },
      skills: [{ id: 'upper' }, { id: 'picture' }],
    })
  })

  it('gets a message', async () => {
    expect(await client.sendMessage(params('hello'))).toMatchObject({
      kind: 'message',
      role: 'agent',
      parts: [{ kind: 'text', text: 'Echo: hello' }],
    })
  })

  it('gets a task with parts of every kind', async () => {
    const task = await taskOf('parts')
    expect(task.status.state).toBe('completed')
    const data = { list: [1, null, 'x'] }
    expect(task.artifacts?.[0]?.parts).toMatchObject([
      { kind: 'text', text: 'plain' },
      { kind: 'file', file: { bytes: 'aGVsbG8=', mimeType: 'text/plain' } },
      { kind: 'file', file: { uri: 'https://files.example/a.pdf', mimeType: 'application/pdf' } },
      { kind: 'data', data },
      { kind: 'data', data: { value: null } },
    ])
    expect(task.history?.[0]).toMatchObject({ kind: 'message', role: 'user', parts: [{ kind: 'text', text: 'parts' }] })
  })

  it('reads, answers and cancels tasks', async () => {
    const asked = await taskOf('ask')
    expect(asked.status).toMatchObject({ state: 'input-required', message: { role: 'agent' } })
    const read = await client.getTask({ id: asked.id, historyLength: 1 })
    expect([read.kind, read.id, read.history?.length]).toEqual(['task', asked.id, 1])
    const answered = await taskOf('Rome', { taskId: asked.id, contextId: asked.contextId })
    expect([answered.id, answered.status.state]).toEqual([asked.id, 'completed'])
    const other = await taskOf('ask')
    expect((await client.cancelTask({ id: other.id })).status.state).toBe('canceled')
  })

  it('gets an answer at once where it asks for that', async () => {
    const task = await taskOf('wait 60000', { configuration: { blocking: false } })
    expect(['submitted', 'working']).toContain(task.status.state)
    await client.cancelTask({ id: task.id })
  })

  it('streams a run to its end', async () => {
    const events: string[] = []
    let text = ''
    for await (const event of client.sendMessageStream(params('task Rome'))) {
      events.push(event.kind === 'status-update' ? `${event.status.state} ${event.final}` : event.kind)
      if (event.kind === 'artifact-update' && event.artifact.parts[0]?.kind === 'text')
        text += event.artifact.parts[0].text
    }
    expect(events).toEqual(['task', 'working false', 'artifact-update', 'completed true'])
    expect(text).toBe('Rome')
    const message: string[] = []
    for await (const event of client.sendMessageStream(params('hello'))) message.push(event.kind)
    expect(message).toEqual(['message'])
  })

  it('streams until the task waits, and says that this is the end of it', async () => {
    const finals: unknown[] = []
    for await (const event of client.sendMessageStream(params('ask')))
      if (event.kind === 'status-update') finals.push([event.status.state, event.final])
    expect(finals.at(-1)).toEqual(['input-required', true])
  })

  it('subscribes to a task again', async () => {
    const { id } = await taskOf('wait 400', { configuration: { blocking: false } })
    const kinds: string[] = []
    for await (const event of client.resubscribeTask({ id }))
      kinds.push(event.kind === 'status-update' ? event.status.state : event.kind)
    expect([kinds[0], kinds.at(-1)]).toEqual(['task', 'completed'])
  })

  it('manages push configs', async () => {
    const { id } = await taskOf('ask')
    const config: TaskPushNotificationConfig = {
      taskId: id,
      pushNotificationConfig: {
        id: 'p',
        url: 'http://127.0.0.1:9/hook',
        token: 'tok',
        authentication: { schemes: ['Bearer'], credentials: 'c' },
      },
    }
    const reference = { id, pushNotificationConfigId: 'p' }
    expect(await client.setTaskPushNotificationConfig(config)).toEqual(config)
    expect(await client.getTaskPushNotificationConfig(reference)).toEqual(config)
    expect(await client.listTaskPushNotificationConfig({ id })).toEqual([config])
    await client.deleteTaskPushNotificationConfig(reference)
    expect(await client.listTaskPushNotificationConfig({ id })).toEqual([])
  })

  it('has its webhook told in the form of 0.3: the whole task, where its state changes', async () => {
    await using webhook = await startWebhook()
    const pushNotificationConfig = { url: webhook.url, token: 'tok' }
    const task = await taskOf('task Rome', { configuration: { blocking: true, pushNotificationConfig } })
    await webhook.until(1)
    const end = Date.now() + 5_000
    while (webhook.received.at(-1)?.body.status.state !== 'completed' && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 5))
    const last = webhook.received.at(-1)
    expect(last?.body).toEqual(JSON.parse(JSON.stringify((await rpc(server.url, 'tasks/get', { id: task.id })).result)))
    expect(last?.body).toMatchObject({
      kind: 'task',
      id: task.id,
      status: { state: 'completed' },
      artifacts: [{ parts: [{ kind: 'text', text: 'Rome' }] }],
    })
    expect([last?.headers['content-type'], last?.headers['x-a2a-notification-token']]).toEqual([
      'application/json',
      'tok',
    ])
  })

  it('understands our errors', async () => {
    await expect(client.getTask({ id: 'made-up' })).rejects.toMatchObject({ name: 'TaskNotFoundError' })
    const { id } = await taskOf('task x')
    await expect(client.cancelTask({ id })).rejects.toMatchObject({
      name: 'TaskNotCancelableError',
    })
    await expect(client.sendMessage(params('again', { taskId: id }))).rejects.toMatchObject({
      name: 'UnsupportedOperationError',
    })
    await expect(client.sendMessage({ message: { ...params('x').message, parts: [] } })).rejects.toThrow(
      /Invalid parameters/,
    )
    const stream = client.resubscribeTask({ id: 'made-up' })
    await expect(stream.next()).rejects.toThrow(/no such task/)
  })
})

async function rpc(url: string, method: string, given: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: given }),
  })
  return (await response.json()) as { result?: unknown; error?: { code: number } }
}

describe('the 0.3 client of @a2a-js/sdk', () => {
  it.each(['JSONRPC', 'HTTP+JSON'])('proves who it is, and gets the extended card, over %s', async (name) => {
    const server = await serve(
      createApp(suiteAgent, [a2aServer({ extendedCard: ({ id }) => ({ description: `For ${id}` }) })], {
        logger,
        auth: [bearer({ accept: { alice: 'alice-token' } })],
      }),
      { port: 0 },
    )
    try {
      const withToken: typeof fetch = (input, init) =>
        fetch(input, {
          ...init,
          headers: { ...Object.fromEntries(new Headers(init?.headers)), authorization: 'Bearer alice-token' },
        })
      const known = await connect(server.url, name, withToken)
      expect(await known.getAgentCard()).toMatchObject({
        description: 'For alice',
        securitySchemes: { bearer: { type: 'http', scheme: 'Bearer' } },
      })
      const unknown = await connect(server.url, name)
      await expect(unknown.sendMessage(params('hi'))).rejects.toThrow(/401|prove/)
    } finally {
      await server.close()
    }
  })
})
