import {
  Message,
  Role,
  SendMessageConfiguration,
  StreamResponse,
  type TaskPushNotificationConfig,
  TaskState,
} from '@a2a-js/sdk'
import {
  type Client,
  ClientFactory,
  ClientFactoryOptions,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client'
import { createApp } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebhook } from '../../test/webhook'
import { a2aServer } from '../a2a-server'
import { suiteAgent } from '../suite/agent'
import { pushNotifications } from './push-notifications'

function send(text: string, configuration: object) {
  const message = Message.fromJSON({ messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text }] })
  return { tenant: '', message, configuration: SendMessageConfiguration.fromJSON(configuration), metadata: undefined }
}

describe.each(['JSONRPC', 'HTTP+JSON'] as const)('the client of @a2a-js/sdk over %s', (name) => {
  let server: RunningServer
  let client: Client
  beforeAll(async () => {
    server = await serve(
      createApp(suiteAgent, [a2aServer(), pushNotifications({ allow: ['http://127.0.0.1:*'] })], {
        logger: { log() {} },
      }),
      { port: 0 },
    )
    const transports = [name === 'JSONRPC' ? new JsonRpcTransportFactory() : new RestTransportFactory()]
    client = await new ClientFactory(
      ClientFactoryOptions.createFrom(ClientFactoryOptions.default, { transports, preferredTransports: [name] }),
    ).createFromUrl(server.url)
  })
  afterAll(() => server.close())

  const taskOf = async (text: string, configuration = {}) => {
    const result = await client.sendMessage(send(text, configuration))
    if (!('status' in result)) throw new Error('Not a task')
    return result
  }

  it('makes, reads, lists and deletes configs', async () => {
    const { id: taskId } = await taskOf('ask')
    const config: TaskPushNotificationConfig = {
      tenant: '',
      id: 'sdk',
      taskId,
      url: 'http://127.0.0.1:9/hook',
      token: 'tok',
      authentication: { scheme: 'Bearer', credentials: 'c' },
    }
    expect(await client.createTaskPushNotificationConfig(config)).toEqual(config)
    expect(await client.getTaskPushNotificationConfig({ tenant: '', taskId, id: 'sdk' })).toEqual(config)
    expect(
      await client.listTaskPushNotificationConfig({ tenant: '', taskId, pageSize: 0, pageToken: '' }),
    ).toMatchObject({ configs: [config] })
    await client.deleteTaskPushNotificationConfig({ tenant: '', taskId, id: 'sdk' })
    await client.deleteTaskPushNotificationConfig({ tenant: '', taskId, id: 'sdk' })
    await expect(client.getTaskPushNotificationConfig({ tenant: '', taskId, id: 'sdk' })).rejects.toMatchObject({
      name: 'TaskNotFoundError',
    })
    await expect(client.createTaskPushNotificationConfig({ ...config, url: 'http://10.0.0.1/' })).rejects.toThrow(
      'Invalid parameters',
    )
  })

  it('has a webhook told, in a form it can read', async () => {
    await using webhook = await startWebhook()
    const authentication = { scheme: 'Bearer', credentials: 's3cret' }
    const task = await taskOf('task Rome', { taskPushNotificationConfig: { url: webhook.url, authentication } })
    const events = (await webhook.until(4)).map(({ body }) => StreamResponse.fromJSON(body).payload)
    expect(events.map((event) => event?.$case)).toEqual(['task', 'statusUpdate', 'artifactUpdate', 'statusUpdate'])
    expect(events[0]?.value).toMatchObject({ id: task.id, history: [{ role: Role.ROLE_USER }] })
    expect(events[2]?.value).toMatchObject({ artifact: { parts: [{ content: { $case: 'text', value: 'Rome' } }] } })
    expect(events[3]?.value).toMatchObject({ status: { state: TaskState.TASK_STATE_COMPLETED } })
    expect(webhook.received.every(({ headers }) => headers.authorization === 'Bearer s3cret')).toBe(true)
  })
})
