// The client of the official SDK against the apps of the suite, wherever they are served.
import { Message, Role, SendMessageConfiguration, TaskState } from '@a2a-js/sdk'
import {
  type Client,
  ClientFactory,
  ClientFactoryOptions,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everyPart } from '../src/suite/agent'
import type { SuiteName } from '../src/suite/app'

const transports = ['JSONRPC', 'HTTP+JSON'] as const

/** A request of the SDK, from A2A's own JSON. */
function send(text: string, more: { taskId?: string; contextId?: string; configuration?: object } = {}) {
  const { configuration, ...rest } = more
  const message = Message.fromJSON({ messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text }], ...rest })
  return {
    tenant: '',
    message,
    configuration: configuration && SendMessageConfiguration.fromJSON(configuration),
    metadata: undefined,
  }
}

/** An app of the suite that answers over HTTP. */
interface ServedSuite {
  url: string
  close(): Promise<void>
}

/**
 * Registers the tests: every unary operation and the errors, on both bindings.
 *
 * @param target - what serves the apps, for the names of tests
 */
export function testSdkClient(target: string, start: (name: SuiteName) => Promise<ServedSuite>): void {
  describe.each(transports)(`the client of @a2a-js/sdk over %s, against ${target}`, (name) => {
    let server: ServedSuite
    let guarded: ServedSuite
    let client: Client
    const connect = async (url: string, fetchImpl = fetch) => {
      const transport =
        name === 'JSONRPC' ? new JsonRpcTransportFactory({ fetchImpl }) : new RestTransportFactory({ fetchImpl })
      return new ClientFactory(
        ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
          transports: [transport],
          preferredTransports: [name],
        }),
      ).createFromUrl(url)
    }
    beforeAll(async () => {
      server = await start('open')
      guarded = await start('guarded')
      client = await connect(server.url)
    }, 240_000)
    afterAll(() => Promise.all([server?.close(), guarded?.close()]))

    const taskOf = async (text: string, more = {}) => {
      const result = await client.sendMessage(send(text, more))
      if (!('status' in result) || result.status === undefined) throw new Error(`Not a task: ${JSON.stringify(result)}`)
      return { ...result, status: result.status }
    }

    it('reads the card', async () => {
      expect(await client.getAgentCard()).toMatchObject({
        name: 'suite',
        version: '1.2.3',
        skills: [{ id: 'upper' }, { id: 'picture' }],
      })
    })

    it('gets a message', async () => {
      const result = await client.sendMessage(send('hello'))
      expect(result).toMatchObject({
        role: Role.ROLE_AGENT,
        parts: [{ content: { $case: 'text', value: 'Echo: hello' } }],
      })
    })

    it('gets a task with parts of every kind', async () => {
      const task = await taskOf('parts')
      expect(task.status.state).toBe(TaskState.TASK_STATE_COMPLETED)
      const kinds = task.artifacts[0]?.parts.map((part) => part.content?.$case)
      // The last one is `{ "data": null }`, which this SDK takes for a part without content.
      expect(kinds).toEqual(['text', 'raw', 'url', 'data', undefined])
      expect(kinds).toHaveLength(everyPart.length)
    })

    it('reads, lists, answers and cancels tasks', async () => {
      const contextId = crypto.randomUUID()
      const asked = await taskOf('ask', { contextId })
      expect(asked.status.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED)
      const read = await client.getTask({ tenant: '', id: asked.id, historyLength: 1 })
      expect(read.history).toHaveLength(1)
      const page = await client.listTasks({
        tenant: '',
        contextId,
        status: TaskState.TASK_STATE_UNSPECIFIED,
        pageSize: 1,
        pageToken: '',
        historyLength: undefined,
        statusTimestampAfter: undefined,
        includeArtifacts: true,
      })
      expect([page.tasks.map((one) => one.id), page.totalSize, page.nextPageToken]).toEqual([[asked.id], 1, ''])
      const answered = await taskOf('Rome', { taskId: asked.id })
      expect([answered.id, answered.status.state]).toEqual([asked.id, TaskState.TASK_STATE_COMPLETED])
      const other = await taskOf('ask')
      const canceled = await client.cancelTask({ tenant: '', id: other.id, metadata: undefined })
      expect(canceled.status?.state).toBe(TaskState.TASK_STATE_CANCELED)
    })

    it('gets an answer at once where it asks for that', async () => {
      const task = await taskOf('wait 60000', { configuration: { returnImmediately: true } })
      expect([TaskState.TASK_STATE_SUBMITTED, TaskState.TASK_STATE_WORKING]).toContain(task.status.state)
      await client.cancelTask({ tenant: '', id: task.id, metadata: undefined })
    })

    it('understands our errors', async () => {
      const missing = client.getTask({ tenant: '', id: 'made-up', historyLength: undefined })
      await expect(missing).rejects.toMatchObject({ name: 'TaskNotFoundError' })
      const { id } = await taskOf('task x')
      await expect(client.cancelTask({ tenant: '', id, metadata: undefined })).rejects.toMatchObject({
        name: 'TaskNotCancelableError',
      })
      await expect(client.sendMessage(send('again', { taskId: id }))).rejects.toMatchObject({
        name: 'UnsupportedOperationError',
      })
      await expect(client.sendMessage({ ...send('x'), message: undefined })).rejects.toThrow('Invalid parameters')
    })

    it('gets the extended card where it proves who it is', async () => {
      const known = await connect(guarded.url, (input, init) =>
        fetch(input, {
          ...init,
          headers: { ...Object.fromEntries(new Headers(init?.headers)), authorization: 'Bearer alice-token' },
        }),
      )
      expect(await known.getAgentCard()).toMatchObject({ description: 'For alice', skills: [{}, {}, { id: 'secret' }] })
      await expect((await connect(guarded.url)).sendMessage(send('hi'))).rejects.toThrow(/401|did not prove/)
    })
  })
}
