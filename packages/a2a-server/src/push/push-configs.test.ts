import { createApp } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { createMemoryStores, type JsonValue } from '@pf-agents/agent-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { peerOf } from '../../test/peer-of'
import { hook, keepIn, keepLogs, resolve, secrets } from '../../test/push-configs'
import { startWebhook } from '../../test/webhook'
import { a2aServer } from '../a2a-server'
import { verifies } from '../conformance/verifies'
import { suiteAgent } from '../suite/agent'
import { message, Peer, refusals } from '../suite/case'
import { bindings, type Json } from '../suite/client'
import type { PushOptions } from './options'
import { pushNotifications } from './push-notifications'

const { logs, logger } = keepLogs()
afterAll(() => expect(JSON.stringify(logs)).not.toContain('secret'))

describe.each(bindings)('push notification configs over $name', (binding) => {
  let server: RunningServer
  let peer: Peer
  beforeAll(async () => {
    const push = pushNotifications({ maxPerTask: 3, resolve })
    server = await serve(createApp(suiteAgent, [a2aServer(), push], { logger }), { port: 0 })
    peer = new Peer(fetch, server.url, binding)
  })
  afterAll(() => server.close())

  it('are declared on the card', async () => {
    const card = (await (await fetch(`${server.url}/.well-known/agent-card.json`)).json()) as Json
    expect(card.capabilities.pushNotifications).toBe(true)
  })

  it(`are made, read, listed and deleted ${verifies('PUSH-CREATE-001', 'PUSH-CREATE-002', 'PUSH-GET-001', 'PUSH-LIST-001', 'PUSH-DEL-001', 'PUSH-DEL-002')}`, async () => {
    const { id: taskId } = await peer.task('ask')
    const one = await peer.result('CreateTaskPushNotificationConfig', { taskId, id: 'mine', url: hook, ...secrets })
    expect(one).toEqual({ taskId, id: 'mine', url: hook, ...secrets })
    const two = await peer.result('CreateTaskPushNotificationConfig', { taskId, url: `${hook}?x=1` })
    expect(two).toEqual({ taskId, id: expect.stringMatching(/^[0-9a-f-]{36}$/), url: `${hook}?x=1` })
    expect(await peer.result('GetTaskPushNotificationConfig', { taskId, id: 'mine' })).toEqual(one)
    expect(await peer.result('ListTaskPushNotificationConfigs', { taskId })).toEqual({
      configs: [one, two],
      nextPageToken: '',
    })
    expect(await peer.result('DeleteTaskPushNotificationConfig', { taskId, id: 'mine' })).toEqual({})
    expect(await peer.result('DeleteTaskPushNotificationConfig', { taskId, id: 'mine' })).toEqual({})
    await peer.refused(refusals.taskNotFound, 'GetTaskPushNotificationConfig', { taskId, id: 'mine' })
    expect((await peer.result('ListTaskPushNotificationConfigs', { taskId })).configs).toEqual([two])
  })

  it('come in pages', async () => {
    const { id: taskId } = await peer.task('ask')
    for (const id of ['a', 'b', 'c']) await peer.result('CreateTaskPushNotificationConfig', { taskId, id, url: hook })
    const first = await peer.result('ListTaskPushNotificationConfigs', { taskId, pageSize: 2 })
    expect(first.configs.map((one: Json) => one.id)).toEqual(['a', 'b'])
    const rest = await peer.result('ListTaskPushNotificationConfigs', {
      taskId,
      pageSize: 2,
      pageToken: first.nextPageToken,
    })
    expect([rest.configs.map((one: Json) => one.id), rest.nextPageToken]).toEqual([['c'], ''])
    for (const pageToken of ['!', btoa('{}'), btoa('[1]')]) {
      await peer.refused(refusals.invalidParams, 'ListTaskPushNotificationConfigs', { taskId, pageToken })
    }
  })

  it('are replaced where the id is there, and bounded per task', async () => {
    const { id: taskId } = await peer.task('ask')
    for (const id of ['a', 'b', 'c'])
      await peer.result('CreateTaskPushNotificationConfig', { taskId, id, url: hook, ...secrets })
    const { error } = await peer.refused(refusals.invalidParams, 'CreateTaskPushNotificationConfig', {
      taskId,
      id: 'd',
      url: hook,
    })
    expect(error?.message).toContain('has 3 push notification configs already')
    await peer.result('CreateTaskPushNotificationConfig', { taskId, id: 'b', url: `${hook}/2` })
    expect(await peer.result('GetTaskPushNotificationConfig', { taskId, id: 'b' })).toEqual({
      taskId,
      id: 'b',
      url: `${hook}/2`,
    })
    await peer.result('DeleteTaskPushNotificationConfig', { taskId, id: 'a' })
    await peer.result('CreateTaskPushNotificationConfig', { taskId, id: 'd', url: hook })
  })

  it(`can be made for a task that is over, and read for a while ${verifies('PUSH-CREATE-001', 'PUSH-GET-001')}`, async () => {
    const { id: taskId } = await peer.task('task x')
    const made = await peer.result('CreateTaskPushNotificationConfig', { taskId, id: 'late', url: hook })
    expect(await peer.result('GetTaskPushNotificationConfig', { taskId, id: 'late' })).toEqual(made)
  })

  it(`need a task, and one of their own ${verifies('PUSH-GET-002')}`, async () => {
    const { id: taskId } = await peer.task('ask')
    const made = { taskId: 'made-up', id: 'x' }
    await peer.refused(refusals.taskNotFound, 'CreateTaskPushNotificationConfig', { ...made, url: hook })
    for (const operation of ['Get', 'Delete'])
      await peer.refused(refusals.taskNotFound, `${operation}TaskPushNotificationConfig`, made)
    await peer.refused(refusals.taskNotFound, 'ListTaskPushNotificationConfigs', { taskId: 'made-up' })
    await peer.refused(refusals.taskNotFound, 'GetTaskPushNotificationConfig', { taskId, id: 'none' })
  })

  // What each asks for, by the rules of URLs: a number is an IPv4 address, brackets hold IPv6 ones, %31 is 1.
  it.each([
    'http://hooks.example/a2a',
    'ftp://hooks.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'hooks.example',
    'https://',
    'https://user:secret@hooks.example/',
    'https://hooks.example:8443/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://%31%32%37.0.0.1/',
    'https://１２７.0.0.1/',
    'https://10.1.2.3/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    // Where Azure tells a machine about itself: no private address.
    'https://168.63.129.16/machine',
    'https://[::ffff:168.63.129.16]/',
    // Names that stand for something inside, whether or not they can be resolved here.
    'https://LOCALHOST./',
    'https://a.localhost/',
    'https://redis/',
    'https://metadata.google.internal/',
    'https://db.internal./',
    'https://printer.local/',
    'https://redis.default.svc/',
    'https://nas.home.arpa/',
    // What parsers leave out in silence, or write otherwise.
    'https://hooks.example/a\tb',
    'https://hooks\n.example/',
    ' https://hooks.example/',
    'https://hooks.example/\u0000',
    'https://hooks.example/\u007f',
    'https://hooks.example/\u0085',
    'https://hooks.example/a b',
    `https://hooks.example/${'x'.repeat(2_100)}`,
  ])('are refused for %s, and nothing is stored', async (url) => {
    const guarded = pushNotifications({
      resolve: async (name) => (name === 'localhost' ? [{ address: '127.0.0.1', family: 4 }] : resolve()),
    })
    const stores = createMemoryStores()
    const app = createApp(suiteAgent, [a2aServer(), guarded, { ...keepIn(stores) }], { logger })
    const local = peerOf(app, binding)
    const { id: taskId } = await local.task('ask')
    const { error } = await local.refused(refusals.invalidParams, 'CreateTaskPushNotificationConfig', { taskId, url })
    expect(error?.details.at(-1)).toMatchObject({ fieldViolations: [{ field: 'url' }] })
    const configuration = { taskPushNotificationConfig: { url } }
    const sent = await local.refused(refusals.invalidParams, 'SendMessage', {
      message: message('task x'),
      configuration,
    })
    expect(sent.error?.details.at(-1)).toMatchObject({
      fieldViolations: [{ field: 'configuration.taskPushNotificationConfig.url' }],
    })
    expect(stores.keyValue.keys('')).toEqual([])
    expect((await local.result('ListTasks')).totalSize).toBe(1)
    await app.close()
  })

  it('are taken for names that only look like those of an inner network', async () => {
    const { id: taskId } = await peer.task('ask')
    for (const host of [
      'localhost.example',
      'internal.example.com',
      'not-local.example',
      'svc.example',
      'hooks.example.',
    ]) {
      const url = `https://${host}/%00%0a?a=%20`
      const made = await peer.result('CreateTaskPushNotificationConfig', { taskId, id: 'p', url })
      expect(made.url).toBe(url)
    }
  })

  it('say as much with an empty text as without one', async () => {
    const { id: taskId } = await peer.task('ask')
    const empty = { url: hook, token: '', authentication: { scheme: 'Bearer', credentials: '' } }
    const made = await peer.result('CreateTaskPushNotificationConfig', { taskId, id: '', ...empty })
    expect(made).toEqual({
      taskId,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      url: hook,
      authentication: { scheme: 'Bearer' },
    })
    expect((await peer.result('ListTaskPushNotificationConfigs', { taskId })).configs).toEqual([made])
    // A token that is given up: the config with the same id, without it.
    const again = { taskId, id: made.id, url: hook }
    await peer.result('CreateTaskPushNotificationConfig', { ...again, token: 't' })
    expect(await peer.result('CreateTaskPushNotificationConfig', { ...again, token: '' })).toEqual(again)
    const taskPushNotificationConfig = { id: 'inline', taskId: '', tenant: '', ...empty }
    const { task } = await peer.result('SendMessage', {
      message: message('ask'),
      configuration: { taskPushNotificationConfig },
    })
    expect((await peer.result('ListTaskPushNotificationConfigs', { taskId: task.id })).configs).toEqual([
      { taskId: task.id, id: 'inline', url: hook, authentication: { scheme: 'Bearer' } },
    ])
    await peer.refused(refusals.invalidParams, 'CreateTaskPushNotificationConfig', { taskId, url: '' })
    const scheme = { url: hook, authentication: { scheme: '', credentials: 'c' } }
    await peer.refused(refusals.invalidParams, 'CreateTaskPushNotificationConfig', { taskId, ...scheme })
  })

  it('are refused with what could smuggle a header in, without repeating it', async () => {
    const { id: taskId } = await peer.task('ask')
    const cases: [Json, string][] = [
      [{ token: 'a\r\nx-admin: yes' }, 'token'],
      [{ token: 'a\u0000' }, 'token'],
      [{ token: 'grüße' }, 'token'],
      [{ token: 'x'.repeat(5_000) }, 'token'],
      [{ authentication: { scheme: 'Bearer x\r\na: b' } }, 'authentication.scheme'],
      [{ authentication: { scheme: 'Bearer,Basic' } }, 'authentication.scheme'],
      [{ authentication: { scheme: 'Bearer', credentials: 'x\ny: z' } }, 'authentication.credentials'],
      [{ authentication: { scheme: 'Bearer', credentials: 'x\u007f' } }, 'authentication.credentials'],
      [{ id: 'x'.repeat(300) }, 'id'],
    ]
    for (const [more, field] of cases) {
      const answer = await peer.refused(refusals.invalidParams, 'CreateTaskPushNotificationConfig', {
        taskId,
        id: 'p',
        url: hook,
        ...more,
      })
      expect(answer.error?.details.at(-1)).toMatchObject({ fieldViolations: [{ field }] })
      expect(JSON.stringify(answer.body)).not.toMatch(/x-admin|grüße|y: z/)
    }
    expect((await peer.result('ListTaskPushNotificationConfigs', { taskId })).configs).toEqual([])
  })
})

it.each([
  [
    'allow',
    { allow: ['http://localhost:*', 'https://*.internal'] },
    ['http://localhost:8080/', 'https://db.internal/'],
  ],
  ['only', { only: ['https://hooks.corp', 'https://redis'] }, ['https://hooks.corp/', 'https://redis/']],
] as [string, PushOptions, string[]][])(
  'names of an inner network are taken where `%s` names them',
  async (_, options, urls) => {
    const app = createApp(suiteAgent, [a2aServer(), pushNotifications({ ...options, resolve })], { logger })
    const peer = peerOf(app)
    const { id: taskId } = await peer.task('ask')
    for (const url of urls) await peer.result('CreateTaskPushNotificationConfig', { taskId, id: 'p', url })
    await peer.refused(refusals.invalidParams, 'CreateTaskPushNotificationConfig', { taskId, url: 'https://db.local/' })
    await app.close()
  },
)

describe('a config that comes with a message', () => {
  const withPush = async (
    run: (peer: Peer, hookUrl: string, stores: ReturnType<typeof createMemoryStores>) => Promise<void>,
  ) => {
    await using webhook = await startWebhook()
    const stores = createMemoryStores()
    const push = pushNotifications({ allow: ['http://127.0.0.1:*'] })
    const app = createApp(suiteAgent, [a2aServer(), push, keepIn(stores)], { logger })
    try {
      for (const binding of bindings) await run(peerOf(app, binding), webhook.url, stores)
    } finally {
      await app.close()
    }
  }
  const records = (stores: ReturnType<typeof createMemoryStores>) => stores.keyValue.keys('a2a.push/')
  const configuration = (url: string, more: JsonValue = {}) => ({
    configuration: { taskPushNotificationConfig: { url, ...(more as object) } },
  })

  it('belongs to the task that it makes', () =>
    withPush(async (peer, url) => {
      const task = await peer.task('ask', configuration(url, { id: 'inline', ...secrets }))
      expect((await peer.result('ListTaskPushNotificationConfigs', { taskId: task.id })).configs).toEqual([
        { taskId: task.id, id: 'inline', url, ...secrets },
      ])
      await peer.result('CancelTask', { id: task.id })
    }))

  it('is dropped with a message that is answered by a message, or refused', () =>
    withPush(async (peer, url, stores) => {
      const before = records(stores)
      expect(await peer.result('SendMessage', { message: message('hello'), ...configuration(url) })).toHaveProperty(
        'message',
      )
      await peer.refused(refusals.taskNotFound, 'SendMessage', {
        message: message('x', { taskId: 'made-up' }),
        ...configuration(url),
      })
      const { id } = await peer.task('task x')
      await peer.refused(refusals.unsupported, 'SendMessage', {
        message: message('x', { taskId: id }),
        ...configuration(url),
      })
      expect(records(stores)).toEqual(before)
    }))

  it('joins the task of a follow-up', () =>
    withPush(async (peer, url) => {
      const { id } = await peer.task('ask-two')
      const again = await peer.task('Rome', { message: { taskId: id }, ...configuration(url, { id: 'later' }) })
      expect(again.status.state).toBe('TASK_STATE_INPUT_REQUIRED')
      expect((await peer.result('ListTaskPushNotificationConfigs', { taskId: id })).configs).toMatchObject([
        { id: 'later' },
      ])
    }))

  it('may not name another task', () =>
    withPush(async (peer, url) => {
      await peer.refused(refusals.invalidParams, 'SendMessage', {
        message: message('ask'),
        ...configuration(url, { taskId: 'other' }),
      })
    }))
})
