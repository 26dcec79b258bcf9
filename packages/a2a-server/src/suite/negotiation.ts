import { type Case, message, onBoth, Peer, refusals } from './case'
import { equal, matches, ok } from './check'
import { type Json, jsonOf, jsonRpc, rest } from './client'

/** Versions (3.6), capabilities (3.3.4), the order of checks. */
export const negotiationCases: Case[] = [
  ...onBoth(
    'a version that is not spoken is refused; none means 0.3',
    ['VER-SERVER-001', 'VER-SERVER-002', 'VER-SERVER-003'],
    async (peer) => {
      for (const version of ['', '0.3', '99.0', '1', 'one', '1.0, 1.0']) {
        const { error } = await peer.refused(
          refusals.versionNotSupported,
          'SendMessage',
          { message: message('x') },
          { headers: { 'a2a-version': version } },
        )
        matches(error?.details[0].metadata, { supported: '1.0' }, 'metadata')
      }
    },
  ),

  ...onBoth('patch numbers play no part', ['VER-CLIENT-002'], async (peer) => {
    for (const version of ['1.0', '1.0.1', ' 1.0.0 ']) {
      await peer.result('SendMessage', { message: message('x') }, { headers: { 'a2a-version': version } })
    }
  }),

  {
    name: 'the version may come as a query parameter',
    requirements: ['VER-SERVER-001'],
    async run(fetch, baseUrl) {
      const get = (search: string) => fetch(`${baseUrl}/tasks${search}`, {})
      equal((await get('?A2A-Version=1.0')).status, 200, 'status with the parameter')
      equal((await get('?pageSize=1')).status, 400, 'status without')
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ListTasks' })
      const response = await fetch(`${baseUrl}/?A2A-Version=1.0`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      ok('result' in (await jsonOf(response)), 'a result')
    },
  },

  ...onBoth('the version comes before everything about the request itself', ['VER-SERVER-002'], async (peer) => {
    const old = { headers: { 'a2a-version': '0.3' } }
    await peer.refused(refusals.versionNotSupported, 'SendMessage', { message: 1 }, old)
    await peer.refused(refusals.versionNotSupported, 'SendStreamingMessage', { message: message('x') }, old)
    await peer.refused(refusals.versionNotSupported, 'GetTask', { id: 'made-up' }, old)
  }),

  {
    name: 'slash methods are those of 0.3, unless another version is named (JSON-RPC)',
    requirements: ['VER-SERVER-001', 'VER-SERVER-003'],
    async run(fetch, baseUrl) {
      const send = async (headers: Record<string, string>) => {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'message/send', params: {} })
        const response = await fetch(`${baseUrl}/`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        })
        return (await jsonOf(response)).error.code
      }
      // Its params are looked at: they are empty.
      equal(await send({}), -32602, 'code without a version')
      equal(await send({ 'a2a-version': '0.3' }), -32602, 'code with version 0.3')
      equal(await send({ 'a2a-version': '1.0' }), -32601, 'code with version 1.0')
      equal(await send({ 'a2a-version': '99.0' }), -32009, 'code with a version nobody speaks')
    },
  },

  {
    name: 'both bindings tell the same error of the same request',
    requirements: ['BIND-EQUIV-002', 'BIND-EQUIV-003'],
    async run(fetch, baseUrl) {
      const [rpc, http] = [new Peer(fetch, baseUrl, jsonRpc), new Peer(fetch, baseUrl, rest)]
      const wrong: [operation: string, params: Json, headers?: Record<string, string>][] = [
        ['GetTask', { id: 'made-up' }],
        ['GetTask', { id: 'made-up', historyLength: -1 }],
        ['CancelTask', { id: 'made-up' }],
        ['ListTasks', { pageSize: 0 }],
        ['ListTasks', { pageToken: 'made-up' }],
        ['ListTasks', { status: 'made-up' }],
        ['SendMessage', {}],
        ['SendMessage', { message: { messageId: 'm', role: 'ROLE_NOBODY', parts: [{ text: 1 }] } }],
        ['SendMessage', { message: message('x', { parts: [] }) }],
        ['SendMessage', { message: message('x', { taskId: 'made-up' }) }],
        ['SendMessage', { message: message('x', { parts: [{ raw: 'AA==', mediaType: 'application/x-made-up' }] }) }],
        ['SendMessage', { message: message('x') }, { 'a2a-version': '99.0' }],
        ['SendStreamingMessage', { message: message('x') }],
        ['SubscribeToTask', { id: 'made-up' }],
        ['CreateTaskPushNotificationConfig', { taskId: 't', id: 'p', url: 'https://hooks.example/a2a' }],
        ['GetExtendedAgentCard', undefined],
      ]
      for (const [operation, params, headers = {}] of wrong) {
        const [one, other] = await Promise.all(
          [rpc, http].map(async (peer) => (await peer.call(operation, params, { headers })).error),
        )
        ok(one !== undefined && other !== undefined, `${operation} to be refused by both`)
        equal(other.message, one.message, `${operation}: message`)
        equal(other.reason, one.reason, `${operation}: reason`)
        equal(other.details, one.details, `${operation}: details`)
      }
    },
  },

  ...onBoth('streaming is refused where it is not declared', ['CORE-CAP-002'], async (peer) => {
    await peer.refused(refusals.unsupported, 'SendStreamingMessage', { message: message('x') })
    // Before any look at the task or at the params.
    await peer.refused(refusals.unsupported, 'SubscribeToTask', { id: 'made-up' })
    await peer.refused(refusals.unsupported, 'SendStreamingMessage', {})
  }),

  {
    name: 'SubscribeToTask is there as GET and as POST (HTTP+JSON)',
    requirements: ['CORE-CAP-002'],
    async run(fetch, baseUrl) {
      for (const method of ['GET', 'POST']) {
        const response = await fetch(`${baseUrl}/tasks/x:subscribe`, { method, headers: { 'a2a-version': '1.0' } })
        equal((await jsonOf(response)).error.details[0].reason, 'UNSUPPORTED_OPERATION', method)
      }
    },
  },

  ...onBoth('push notifications are refused where they are not declared', ['CORE-CAP-001'], async (peer) => {
    const config = { taskId: 't', id: 'p', url: 'https://hooks.example/a2a' }
    await peer.refused(refusals.pushUnsupported, 'CreateTaskPushNotificationConfig', config)
    await peer.refused(refusals.pushUnsupported, 'GetTaskPushNotificationConfig', { taskId: 't', id: 'p' })
    await peer.refused(refusals.pushUnsupported, 'ListTaskPushNotificationConfigs', { taskId: 't' })
    await peer.refused(refusals.pushUnsupported, 'DeleteTaskPushNotificationConfig', { taskId: 't', id: 'p' })
    const configuration = { taskPushNotificationConfig: { url: 'https://hooks.example/a2a' } }
    await peer.refused(refusals.pushUnsupported, 'SendMessage', { message: message('x'), configuration })
  }),

  ...onBoth('the extended card is refused where it is not declared', ['CORE-CAP-003'], async (peer) => {
    await peer.refused(refusals.unsupported, 'GetExtendedAgentCard')
  }),

  ...onBoth(
    'extensions that are turned on are named in the answer, others ignored',
    ['JSONRPC-SVC-002', 'HTTP_JSON-SVC-002'],
    async (peer) => {
      const headers = { 'a2a-extensions': 'urn:nobody:knows, urn:pf-agents:a2a:interrupt:v1' }
      const answer = await peer.call('SendMessage', { message: message('x') }, { headers })
      equal(answer.headers.get('a2a-extensions'), 'urn:pf-agents:a2a:interrupt:v1', 'header')
      equal(
        (await peer.call('SendMessage', { message: message('x') })).headers.get('a2a-extensions'),
        null,
        'header without',
      )
      const refused = await peer.call('GetTask', { id: 'made-up' }, { headers })
      equal(refused.headers.get('a2a-extensions'), 'urn:pf-agents:a2a:interrupt:v1', 'header of an error')
    },
  ),
]
