import { Message, Role, TaskState } from '@a2a-js/sdk'
import {
  type Client,
  ClientFactory,
  ClientFactoryOptions,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client'
import { reply } from '@pf-agents/agent-core'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { streamingApp } from '../../test/stream-client'

function send(text: string, more: { taskId?: string } = {}) {
  const message = Message.fromJSON({ messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text }], ...more })
  return { tenant: '', message, configuration: undefined, metadata: undefined }
}

/** One event of the SDK in a word. */
type SdkEvent = Client['sendMessageStream'] extends (...args: never[]) => AsyncGenerator<infer E> ? E : never
function word(event: SdkEvent): string {
  const payload = event.payload
  switch (payload?.$case) {
    case 'task':
      return `task ${TaskState[payload.value.status?.state ?? 0]}`
    case 'message':
      return `message ${payload.value.role === Role.ROLE_AGENT}`
    case 'statusUpdate':
      return TaskState[payload.value.status?.state ?? 0] ?? ''
    case 'artifactUpdate': {
      const content = payload.value.artifact?.parts[0]?.content
      return `${payload.value.append ? '+' : '='}${content?.$case === 'text' ? content.value : ''}`
    }
    default:
      return 'nothing'
  }
}

describe.each(['JSONRPC', 'HTTP+JSON'] as const)('the client of @a2a-js/sdk, streaming over %s', (name) => {
  const gates = new Map<string, PromiseWithResolvers<void>>()
  let server: RunningServer
  let client: Client
  beforeAll(async () => {
    const app = streamingApp({
      async *onMessage({ text }, { slots }) {
        if (text === 'ask' && slots.answer === undefined) return reply.inputRequired({ prompt: 'which?' })
        for (const one of ['one ', 'two ']) yield one
        await gates.get(text)?.promise
        yield 'three'
        return reply.completed('done')
      },
      skills: [],
    })
    server = await serve(app, { port: 0, drainMs: 10 })
    const transport = name === 'JSONRPC' ? new JsonRpcTransportFactory() : new RestTransportFactory()
    client = await new ClientFactory(
      ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
        transports: [transport],
        preferredTransports: [name],
      }),
    ).createFromUrl(server.url)
  })
  afterAll(() => server.close())

  const words = async (events: AsyncIterable<SdkEvent>) => {
    const list: string[] = []
    for await (const event of events) list.push(word(event))
    return list
  }

  it('reads a task as it is made', async () => {
    expect(await words(client.sendMessageStream(send('go')))).toEqual([
      'task TASK_STATE_SUBMITTED',
      'TASK_STATE_WORKING',
      '=one ',
      '+two ',
      '+three',
      'TASK_STATE_COMPLETED',
    ])
  })

  it('subscribes to a task that is under way', async () => {
    gates.set('wait', Promise.withResolvers())
    const sent = client.sendMessageStream(send('wait'))
    const first = (await sent.next()).value
    const id = first?.payload?.$case === 'task' ? first.payload.value.id : ''
    await sent.next()
    const subscription = client.resubscribeTask({ tenant: '', id })
    expect(word((await subscription.next()).value as never)).toBe('task TASK_STATE_WORKING')
    gates.get('wait')?.resolve()
    expect((await words(subscription)).slice(-2)).toEqual(['+three', 'TASK_STATE_COMPLETED'])
    expect((await words(sent)).at(-1)).toBe('TASK_STATE_COMPLETED')
  })

  it('goes on with a task that asked', async () => {
    const events = client.sendMessageStream(send('ask'))
    const first = (await events.next()).value
    const taskId = first?.payload?.$case === 'task' ? first.payload.value.id : ''
    expect((await words(events)).at(-1)).toBe('TASK_STATE_INPUT_REQUIRED')
    expect((await words(client.sendMessageStream(send('this', { taskId })))).at(-1)).toBe('TASK_STATE_COMPLETED')
    await expect(client.resubscribeTask({ tenant: '', id: taskId }).next()).rejects.toThrow(/over|not|support/i)
    await expect(client.resubscribeTask({ tenant: '', id: 'none' }).next()).rejects.toMatchObject({
      name: expect.stringMatching(/TaskNotFound/),
    })
  })
})
