import { describe, expect, it } from 'vitest'
import { type Asked, createPeer, peerCard, rpc, wireTask } from '../test/peer'
import { createStreamPeer, sse, streamCard, wrap } from '../test/stream-peer'
import { type A2AClient, createA2AClient } from './client'
import type { ClientBinding } from './options'
import { userMessage } from './user-message'

const config = { taskId: 't-1', id: 'p', url: 'https://hooks.test/' }
const ids = { taskId: 't-1', contextId: 'c-1' }
const read = async (events: AsyncIterable<unknown>): Promise<void> => {
  for await (const _event of events);
}

/** Every operation there is. */
const operations: Record<string, (client: A2AClient) => Promise<unknown>> = {
  SendMessage: (client) => client.sendMessage({ message: userMessage('hi') }),
  SendStreamingMessage: (client) => read(client.sendStreamingMessage({ message: userMessage('hi') })),
  SubscribeToTask: (client) => read(client.subscribeToTask({ id: 't-1' })),
  GetTask: (client) => client.getTask({ id: 't-1' }),
  ListTasks: (client) => client.listTasks({}),
  CancelTask: (client) => client.cancelTask({ id: 't-1' }),
  CreateTaskPushNotificationConfig: (client) => client.createPushConfig(config),
  GetTaskPushNotificationConfig: (client) => client.getPushConfig(config),
  ListTaskPushNotificationConfigs: (client) => client.listPushConfigs(config),
  DeleteTaskPushNotificationConfig: (client) => client.deletePushConfig(config),
  GetExtendedAgentCard: (client) => client.getExtendedAgentCard(),
}
const everything = { streaming: true, pushNotifications: true, extendedAgentCard: true }

function answer(asked: Asked): Response {
  const stream = /SendStreaming|Subscribe/.test(asked.rpc ?? '') || /:stream|:subscribe/.test(asked.path)
  const task = wireTask()
  if (stream) return sse([{ data: wrap(asked, { task }) }]).response
  const result = /xtendedAgentCard/.test(asked.rpc ?? asked.path)
    ? peerCard
    : /Push|pushNotif/.test(asked.rpc ?? asked.path)
      ? { ...config, configs: [] }
      : // Read as a task, as an answer with one, and as a page of none.
        { ...task, task, tasks: [] }
  return asked.rpc === undefined ? Response.json(result) : rpc(asked, result)
}

const versionsOf = (asked: readonly Asked[]) => asked.map(({ headers }) => headers.get('a2a-version'))

describe.each<ClientBinding>(['JSONRPC', 'HTTP+JSON'])('over %s', (binding) => {
  const card = { ...streamCard(binding), capabilities: everything }

  it.each(Object.entries(operations))(
    '%s names the version, and so does the request for the card [VER-CLIENT-001]',
    async (operation, call) => {
      const peer = createPeer(answer, () => Response.json(card))
      await call(
        createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, headers: () => ({ 'a2a-version': '9.9' }) }),
      )
      expect(peer.asked).toHaveLength(1)
      if (binding === 'JSONRPC') expect(peer.asked[0]?.rpc).toBe(operation)
      expect(versionsOf([...peer.cards, ...peer.asked])).toEqual(['1.0', '1.0'])
    },
  )

  it('a request that is repeated names it again [VER-CLIENT-001]', async () => {
    const busy = () => new Response('', { status: 503, headers: { 'retry-after': '0' } })
    const peer = createPeer(
      (asked, count) => (count < 3 ? busy() : answer(asked)),
      () => Response.json(card),
    )
    await createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, retry: { baseMs: 1 } }).getTask({ id: 't-1' })
    expect(versionsOf(peer.asked)).toEqual(['1.0', '1.0', '1.0'])
  })

  it('a stream that is taken up again names it again [VER-CLIENT-001]', async () => {
    const status = (state: string) => ({ statusUpdate: { ...ids, status: { state: `TASK_STATE_${state}` } } })
    const peer = createStreamPeer({
      binding,
      events: [{ task: wireTask('t-1', 'TASK_STATE_SUBMITTED') }, status('WORKING'), status('COMPLETED')],
      replays: false,
      connections: [
        { frames: 2, ending: 'break' },
        { frames: 9, ending: 'close' },
      ],
      snapshot: () => wireTask('t-1', 'TASK_STATE_WORKING'),
    })
    await read(createA2AClient({ url: 'https://agent.test', fetch: peer.fetch }).subscribeToTask({ id: 't-1' }))
    expect(versionsOf([...peer.cards, ...peer.asked])).toEqual(['1.0', '1.0', '1.0'])
  })

  it('an interface of a patch of it is spoken to as any other [VER-CLIENT-002]', async () => {
    const supportedInterfaces = card.supportedInterfaces.map((one) => ({ ...one, protocolVersion: '1.0.3' }))
    const peer = createPeer(answer, () => Response.json({ ...card, supportedInterfaces }))
    await createA2AClient({ url: 'https://agent.test', fetch: peer.fetch }).getTask({ id: 't-1' })
    expect(versionsOf(peer.asked)).toEqual(['1.0'])
  })
})
