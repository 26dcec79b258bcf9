import { type Case, message, onBoth, Peer, refusals, type Refusal, stored } from './case'
import { equal, matches, ok } from './check'
import { jsonOf, type Json, jsonRpc, rest } from './client'

const extension = { 'a2a-extensions': 'urn:example:required' }
const invalid: Refusal = refusals.invalidParams

/** An app with the tenants `one` and `two`, its interface at `/a2a`, an extension that is required, an extended card that is not there. */
export const tenantCases: Case[] = [
  {
    name: 'each tenant has a card of its own that names it',
    requirements: ['CARD-PROTO-002'],
    async run(fetch, baseUrl) {
      for (const tenant of ['one', 'two']) {
        const card = await jsonOf(await fetch(`${baseUrl}/${tenant}/.well-known/agent-card.json`))
        equal(card.name, tenant, 'name')
        const [first] = card.supportedInterfaces
        equal(first, { url: `${baseUrl}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant }, 'interface')
        ok(
          card.capabilities.extensions.some((one: Json) => one.uri === 'urn:example:required' && one.required),
          'the required extension',
        )
      }
      const none = await fetch(`${baseUrl}/.well-known/agent-card.json`)
      equal([none.status, (await jsonOf(none)).error.code], [404, 'PF_TENANT_NOT_FOUND'], 'card without a tenant')
    },
  },

  ...onBoth('a required extension that is not named is refused', ['CORE-CAP-004'], async (peer) => {
    const { error } = await peer.refused(
      refusals.extensionRequired,
      'SendMessage',
      { message: message('x'), tenant: 'one' },
      { path: '/a2a' },
    )
    equal(error?.details[0].metadata, { required: 'urn:example:required' }, 'metadata')
    await peer.refused(
      refusals.extensionRequired,
      'GetTask',
      { id: 'x' },
      { path: '/a2a', headers: { 'a2a-extensions': 'urn:other' } },
    )
    const answer = await peer.call(
      'SendMessage',
      { message: message('facts'), tenant: 'one' },
      { path: '/a2a', headers: extension },
    )
    equal(answer.headers.get('a2a-extensions'), 'urn:example:required', 'header')
    // The version comes before the extensions.
    await peer.refused(
      refusals.versionNotSupported,
      'ListTasks',
      {},
      { path: '/a2a', headers: { 'a2a-version': '9.9' } },
    )
  }),

  ...onBoth('an extended card that is declared and not there is told so', ['CARD-EXT-002'], async (peer) => {
    await peer.refused(refusals.noExtendedCard, 'GetExtendedAgentCard', undefined, {
      path: '/one/a2a',
      headers: extension,
    })
  }),

  ...onBoth('the tenant is in the path or in the request, and both must agree', ['BIND-EQUIV-002'], async (peer) => {
    const facts = async (path: string, tenant?: string) => {
      const params = { message: message('facts'), ...(tenant && { tenant }) }
      const { message: told } = await peer.result('SendMessage', params, { path, headers: extension })
      return told.parts[0].data.tenant
    }
    equal(await facts('/one/a2a'), 'one', 'in front of the path')
    equal(await facts('/a2a', 'two'), 'two', 'in the request')
    equal(await facts('/two/a2a', 'two'), 'two', 'in both')
    if (peer.binding.name === 'HTTP+JSON') equal(await facts('/a2a/two'), 'two', 'behind the interface')
    const call = { message: message('x'), tenant: 'two' }
    await peer.refused(invalid, 'SendMessage', call, { path: '/one/a2a', headers: extension })
    for (const tenant of ['three', 'constructor', undefined]) {
      await peer.refused(
        refusals.tenantNotFound,
        'SendMessage',
        { message: message('x'), ...(tenant && { tenant }) },
        { path: '/a2a', headers: extension },
      )
    }
  }),

  ...stored([
    ...onBoth('tasks of one tenant are not there for the other', ['AUTH-SCOPE-002', 'AUTH-SCOPE-003'], async (peer) => {
      const { task } = await peer.result(
        'SendMessage',
        { message: message('ask') },
        { path: '/one/a2a', headers: extension },
      )
      matches(
        await peer.result('GetTask', { id: task.id }, { path: '/one/a2a', headers: extension }),
        { id: task.id },
        'task',
      )
      await peer.refused(refusals.taskNotFound, 'GetTask', { id: task.id }, { path: '/two/a2a', headers: extension })
      await peer.refused(refusals.taskNotFound, 'CancelTask', { id: task.id }, { path: '/two/a2a', headers: extension })
    }),
  ]),

  {
    name: 'tasks of a tenant are read by path and by query (HTTP+JSON)',
    requirements: ['HTTP_JSON-URL-001'],
    stored: true,
    async run(fetch, baseUrl) {
      const peer = new Peer(fetch, baseUrl, rest)
      const { task } = await new Peer(fetch, baseUrl, jsonRpc).result(
        'SendMessage',
        { message: message('ask'), tenant: 'one' },
        { path: '/a2a', headers: extension },
      )
      equal(
        (await peer.result('GetTask', { id: task.id }, { path: '/a2a/one', headers: extension })).id,
        task.id,
        'by path',
      )
      equal(
        (await peer.result('GetTask', { id: task.id, tenant: 'one' }, { path: '/a2a', headers: extension })).id,
        task.id,
        'by query',
      )
      const unknown = await fetch(`${baseUrl}/a2a/three/tasks`, { headers: { 'a2a-version': '1.0', ...extension } })
      equal(unknown.status, 404, 'another tenant')
    },
  },
]
