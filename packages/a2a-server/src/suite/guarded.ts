import { type Case, message, onBoth, Peer, refusals, stored } from './case'
import { equal, matches, ok } from './check'
import { jsonOf, type CallOptions, jsonRpc, type Json, rest } from './client'

const alice: CallOptions = { headers: { authorization: 'Bearer alice-token' } }
const bob: CallOptions = { headers: { 'x-api-key': 'bob-key' } }

/** An app with two schemes and an extended card: authentication (7.4), scope (13.1), extended card (3.1.11). */
export const guardedCases: Case[] = [
  {
    name: 'the public card needs no credentials and declares the schemes',
    requirements: ['CARD-EXT-001', 'AUTH-SERVER-002'],
    async run(fetch, baseUrl) {
      const card = await jsonOf(await fetch(`${baseUrl}/.well-known/agent-card.json`))
      equal(
        card.securitySchemes,
        {
          bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
          apiKey: { apiKeySecurityScheme: { location: 'header', name: 'X-API-Key' } },
        },
        'schemes',
      )
      equal(
        card.securityRequirements,
        [{ schemes: { bearer: { list: [] } } }, { schemes: { apiKey: { list: [] } } }],
        'requirements',
      )
      equal(card.capabilities.extendedAgentCard, true, 'capability')
    },
  },

  ...onBoth(
    'without good credentials every operation is refused, and how to bring them is said',
    ['AUTH-SERVER-002', 'AUTH-SCOPE-001', 'BIND-EQUIV-004'],
    async (peer) => {
      const calls: [string, Json][] = [
        ['SendMessage', { message: message('hi') }],
        ['SendStreamingMessage', { message: message('hi') }],
        ['GetTask', { id: 'x' }],
        ['ListTasks', {}],
        ['CancelTask', { id: 'x' }],
        ['GetExtendedAgentCard', undefined],
        ['SubscribeToTask', { id: 'x' }],
        ['CreateTaskPushNotificationConfig', { taskId: 'x', id: 'p', url: 'https://hooks.example/a2a' }],
        ['GetTaskPushNotificationConfig', { taskId: 'x', id: 'p' }],
        ['ListTaskPushNotificationConfigs', { taskId: 'x' }],
        ['DeleteTaskPushNotificationConfig', { taskId: 'x', id: 'p' }],
      ]
      for (const [operation, params] of calls) {
        for (const headers of [
          {},
          { authorization: 'Bearer wrong' },
          { authorization: 'Basic YWxpY2U6YQ==' },
          { 'x-api-key': '' },
          { 'x-api-key': 'bob-key2' },
        ]) {
          const answer = await peer.refused(refusals.unauthenticated, operation, params, {
            headers: headers as Record<string, string>,
          })
          const challenges = answer.headers.get('www-authenticate') ?? ''
          ok(challenges.includes('Bearer') && challenges.includes('ApiKey'), `challenges, not ${challenges}`)
        }
      }
      // Who may not even ask learns nothing of versions or methods.
      await peer.refused(refusals.unauthenticated, 'GetTask', { id: 'x' }, { headers: { 'a2a-version': '99.0' } })
    },
  ),

  ...onBoth('each scheme of the card lets its principal in', ['BIND-EQUIV-004', 'AUTH-SERVER-002'], async (peer) => {
    for (const [who, id] of [
      [alice, 'alice'],
      [bob, 'bob'],
    ] as const) {
      const result = await peer.result('SendMessage', { message: message('facts') }, who)
      equal(result.message.parts[0].data.principal, id, 'principal')
    }
  }),

  ...onBoth('the extended card is for those who proved who they are', ['CARD-EXT-001'], async (peer) => {
    const card = await peer.result('GetExtendedAgentCard', undefined, alice)
    matches(card, { name: 'suite', description: 'For alice', capabilities: { extendedAgentCard: true } }, 'card')
    equal(
      card.skills.map((one: Json) => one.id),
      ['upper', 'picture', 'secret'],
      'skills',
    )
    const open = await jsonOf(await peer.fetch(`${peer.baseUrl}/.well-known/agent-card.json`))
    equal(open.skills.length, 2, 'skills of the public card')
  }),

  ...stored([
    ...onBoth(
      'tasks of others are not there, to any operation',
      ['AUTH-SCOPE-002', 'AUTH-SCOPE-003', 'CORE-LIST-001'],
      async (peer) => {
        const contextId = `scope-${peer.binding.name}-${Date.now()}`
        const { task } = await peer.result('SendMessage', { message: message('ask', { contextId }) }, alice)
        equal((await peer.result('GetTask', { id: task.id }, alice)).id, task.id, 'her own task')
        const missing = await peer.refused(refusals.taskNotFound, 'GetTask', { id: 'made-up' }, bob)
        const hers = await peer.refused(refusals.taskNotFound, 'GetTask', { id: task.id }, bob)
        const text = (body: Json) => JSON.stringify(body).replaceAll(task.id, 'made-up')
        equal(text(hers.body), text(missing.body), 'what is not his, as what is not there')
        await peer.refused(refusals.taskNotFound, 'CancelTask', { id: task.id }, bob)
        await peer.refused(refusals.taskNotFound, 'SendMessage', { message: message('Rome', { taskId: task.id }) }, bob)
        equal((await peer.result('ListTasks', { contextId }, bob)).totalSize, 0, 'his list')
        equal((await peer.result('ListTasks', { contextId }, alice)).totalSize, 1, 'her list')
      },
    ),
  ]),

  {
    name: 'a task made by one binding is read by the other',
    requirements: ['BIND-EQUIV-002'],
    stored: true,
    async run(fetch, baseUrl) {
      const [rpc, http] = [new Peer(fetch, baseUrl, jsonRpc), new Peer(fetch, baseUrl, rest)]
      const { task } = await rpc.result('SendMessage', { message: message('ask') }, alice)
      equal(await http.result('GetTask', { id: task.id }, alice), task, 'task over HTTP+JSON')
      const answered = await http.result('SendMessage', { message: message('Rome', { taskId: task.id }) }, alice)
      equal(await rpc.result('GetTask', { id: task.id }, alice), answered.task, 'task over JSON-RPC')
      equal(
        await rpc.result('ListTasks', { pageSize: 3 }, alice),
        await http.result('ListTasks', { pageSize: 3 }, alice),
        'lists',
      )
    },
  },
]
