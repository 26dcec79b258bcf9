// Push notification configs of each caller: its own alone, and only so many.
import { createApp } from '@pf-agents/app'
import { defineAgent, type Feature } from '@pf-agents/agent-core'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import { describe, expect, it } from 'vitest'
import { peerOf } from '../../test/peer-of'
import { alice, auth, bob, hook, keepLogs, resolve, secrets } from '../../test/push-configs'
import { a2aServer } from '../a2a-server'
import { verifies } from '../conformance/verifies'
import { suiteAgent } from '../suite/agent'
import { message, refusals } from '../suite/case'
import { bindings, type CallOptions, type Json } from '../suite/client'
import type { PushOptions } from './options'
import { pushNotifications } from './push-notifications'

const { logs, logger } = keepLogs()

describe('several callers', () => {
  it(`do not see each other's configs, nor do they learn of them ${verifies('PUSH-GET-002', 'AUTH-SCOPE-001')}`, async () => {
    const app = createApp(suiteAgent, [a2aServer(), pushNotifications({ resolve })], { logger, auth: auth() })
    for (const binding of bindings) {
      const peer = peerOf(app, binding)
      const { task } = await peer.result('SendMessage', { message: message('ask') }, alice)
      await peer.result('CreateTaskPushNotificationConfig', { taskId: task.id, id: 'p', url: hook, ...secrets }, alice)
      const params = { taskId: task.id, id: 'p' }
      const answers = [
        await peer.refused(refusals.taskNotFound, 'GetTaskPushNotificationConfig', params, bob),
        await peer.refused(refusals.taskNotFound, 'ListTaskPushNotificationConfigs', { taskId: task.id }, bob),
        await peer.refused(refusals.taskNotFound, 'DeleteTaskPushNotificationConfig', params, bob),
        await peer.refused(refusals.taskNotFound, 'CreateTaskPushNotificationConfig', { ...params, url: hook }, bob),
      ]
      const madeUp = await peer.refused(
        refusals.taskNotFound,
        'GetTaskPushNotificationConfig',
        { taskId: task.id.replace(/^./, 'x'), id: 'p' },
        bob,
      )
      expect(answers[0]?.error?.message).toBe(madeUp.error?.message)
      expect(JSON.stringify(answers)).not.toContain('secret')
      expect(await peer.result('GetTaskPushNotificationConfig', params, alice)).toMatchObject(secrets)
    }
    expect(JSON.stringify(logs)).not.toContain('secret')
    await app.close()
  })

  it('of different tenants neither', async () => {
    const tenants = { one: suiteAgent, two: defineAgent({ ...suiteAgent, name: 'two' }) }
    const app = createApp({ tenants }, [a2aServer(), pushNotifications({ resolve })], { logger })
    const peer = (tenant: string) => peerOf(app, undefined, `/${tenant}`)
    const { id: taskId } = await peer('one').task('ask')
    await peer('one').result('CreateTaskPushNotificationConfig', { taskId, id: 'p', url: hook })
    await peer('two').refused(refusals.taskNotFound, 'GetTaskPushNotificationConfig', { taskId, id: 'p' })
    await app.close()
  })

  it('may have so many tasks with configs each', async () => {
    const app = createApp(suiteAgent, [a2aServer(), pushNotifications({ maxTasksPerCaller: 2, resolve })], {
      logger,
      auth: auth(),
    })
    const peer = peerOf(app)
    const send = (caller: CallOptions) =>
      peer.call(
        'SendMessage',
        { message: message('ask'), configuration: { taskPushNotificationConfig: { url: hook } } },
        caller,
      )
    for (let count = 0; count < 2; count++) expect((await send(alice)).error).toBeUndefined()
    const refused = await send(alice)
    expect(refused.error).toMatchObject({ code: -32602, message: expect.stringContaining('2 tasks') })
    expect((await peer.result('ListTasks', {}, alice)).totalSize).toBe(2)
    expect((await send(bob)).error).toBeUndefined()
    await app.close()
  })
})

describe('configs that come at once, while a name is looked up', () => {
  const drivers: [string, () => Feature[]][] = [
    ['in memory', () => []],
    ['on SQLite', () => [sqliteStorage({ file: ':memory:' })]],
  ]
  /** Names are told when the test says so, to all that asked. */
  const start = (storage: () => Feature[], options: PushOptions) => {
    let asked = 0
    let tell = (): void => {}
    let told = new Promise<void>((resolve) => (tell = resolve))
    const resolveSlowly = async () => {
      asked++
      await told
      return resolve()
    }
    const push = pushNotifications({ ...options, resolve: resolveSlowly, retryBaseMs: 60_000, retryMaxMs: 60_000 })
    const app = createApp(suiteAgent, [a2aServer(), push, ...storage()], { logger })
    const peer = peerOf(app)
    const configuration = { taskPushNotificationConfig: { url: hook } }
    return {
      peer,
      send: (text: string) => peer.call('SendMessage', { message: message(text), configuration }),
      /** How many are taken of those that are made while no name is told, and what the others are refused with. */
      async atOnce(count: number, make: (n: number) => Promise<{ error?: Json; result?: Json }>) {
        asked = 0
        told = new Promise<void>((done) => (tell = done))
        const answers = Array.from({ length: count }, (_, n) => make(n))
        while (asked < count) await new Promise((done) => setTimeout(done, 1))
        tell()
        const all = await Promise.all(answers)
        return {
          taken: all.filter(({ error }) => error === undefined).length,
          refused: new Set(all.flatMap(({ error }) => error?.message ?? [])),
        }
      },
      async [Symbol.asyncDispose]() {
        tell()
        await app.close()
      },
    }
  }
  const tooMany = /^This caller has 5 tasks with push notification configs already/

  it.each(drivers)('are those of so many tasks all the same, %s', async (_, storage) => {
    await using test = start(storage, { maxTasksPerCaller: 5 })
    const { taken, refused } = await test.atOnce(40, () => test.send('ask'))
    expect([taken, [...refused]]).toEqual([5, [expect.stringMatching(tooMany)]])
    // Nothing is held any more by those that were refused: what is given back can be had again.
    const { tasks } = await test.peer.result('ListTasks', {})
    expect(tasks).toHaveLength(5)
    for (const { id: taskId } of tasks.slice(2)) {
      const { configs } = await test.peer.result('ListTaskPushNotificationConfigs', { taskId })
      await test.peer.result('CancelTask', { id: taskId })
      await test.peer.result('DeleteTaskPushNotificationConfig', { taskId, id: configs[0].id })
    }
    expect((await test.atOnce(40, () => test.send('ask'))).taken).toBe(3)
  })

  it.each(drivers)('are those of so many tasks where they are for tasks that are there, %s', async (_, storage) => {
    await using test = start(storage, { maxTasksPerCaller: 5 })
    const tasks = await Promise.all(Array.from({ length: 40 }, async () => (await test.peer.task('ask')).id))
    const create = (taskId: string | undefined) =>
      test.peer.call('CreateTaskPushNotificationConfig', { taskId, id: 'p', url: hook })
    const { taken, refused } = await test.atOnce(40, (n) => create(tasks[n]))
    expect([taken, [...refused]]).toEqual([5, [expect.stringMatching(tooMany)]])
  })

  it.each(drivers)('hold nothing behind their messages, %s', async (_, storage) => {
    await using test = start(storage, { maxTasksPerCaller: 5 })
    // Answered by a message: no task is made.
    for (let round = 0; round < 3; round++) expect((await test.atOnce(5, () => test.send('hello'))).taken).toBe(5)
    expect((await test.atOnce(9, () => test.send('ask'))).taken).toBe(5)
  })

  it.each(drivers)('are no more than can be told of anything, %s', async (_, storage) => {
    await using test = start(storage, { maxOwed: 80 })
    const { taken, refused } = await test.atOnce(40, () => test.send('ask'))
    // Ten may wait for this caller, and two more.
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThanOrEqual(12)
    expect([...refused]).toEqual([expect.stringContaining('Too many push notifications wait')])
  })
})
