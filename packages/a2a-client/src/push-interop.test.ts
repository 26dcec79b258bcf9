import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type SdkAgent, startSdkAgent } from '../test/sdk-agent'
import { connect } from './client'
import type { ClientBinding } from './options'
import { createPushReceiver, type PushReceiverOptions } from './push-receiver/push-receiver'
import { createTaskFold } from './stream/fold'
import { userMessage } from './user-message'

let agent: SdkAgent
beforeAll(async () => {
  // The SDK logs each delivery.
  for (const name of ['error', 'log', 'info'] as const) vi.spyOn(console, name).mockImplementation(() => {})
  agent = await startSdkAgent()
})
afterAll(() => {
  agent.close()
  vi.restoreAllMocks()
})

/** A receiver on a port of its own. */
async function startReceiver(options: PushReceiverOptions) {
  const receiver = createPushReceiver(options)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = Object.entries(request.headers).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      )
      const web = new Request('http://hook.test/', { method: 'POST', headers, body: Buffer.concat(chunks) })
      void receiver.handle(web).then(({ status }) => response.writeHead(status).end())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe.each<ClientBinding>(['JSONRPC', 'HTTP+JSON'])('an agent on the official SDK, over %s', (binding) => {
  const connected = () => connect(agent.url, { prefer: { bindings: [binding] } })
  const taskId = async (client: Awaited<ReturnType<typeof connected>>, text: string, configuration = {}) => {
    const answer = await client.sendMessage({ message: userMessage(text), configuration })
    if (!('task' in answer)) throw new Error('A message came where a task was due')
    return answer.task.id
  }

  it('keeps push configs', async () => {
    const client = await connected()
    const id = await taskId(client, 'input')
    const config = {
      taskId: id,
      id: 'p',
      url: 'http://127.0.0.1:9/',
      token: 'tok',
      authentication: { scheme: 'Bearer', credentials: 'c' },
    }
    expect(await client.createPushConfig(config)).toEqual(config)
    expect(await client.getPushConfig({ taskId: id, id: 'p' })).toEqual(config)
    expect(await client.listPushConfigs({ taskId: id })).toEqual({ configs: [config], nextPageToken: '' })
    expect(await client.deletePushConfig({ taskId: id, id: 'p' })).toBeUndefined()
    expect((await client.listPushConfigs({ taskId: id })).configs).toEqual([])
    await expect(client.getPushConfig({ taskId: 'none', id: 'p' })).rejects.toMatchObject({ kind: 'TaskNotFoundError' })
  })

  it('tells our receiver what becomes of a task', async () => {
    const fold = createTaskFold()
    await using receiver = await startReceiver({
      token: 'tok',
      isOwnTask: () => true,
      onNotification: ({ update }) => fold.add(update),
    })
    const id = await taskId(await connected(), 'Rome', {
      taskPushNotificationConfig: { url: receiver.url, token: 'tok' },
    })
    const end = Date.now() + 5_000
    while (fold.task?.status.state !== 'completed' && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(fold.task).toMatchObject({ id, status: { state: 'completed' }, artifacts: [{ artifactId: 'a-1' }] })
  })
})
