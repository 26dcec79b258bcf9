import { createMemoryStores, systemClock } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { createSqliteStores } from '@pf-agents/sqlite-storage'
import { describe, expect, it, vi } from 'vitest'
import { as, distinct, gist, startPushApp, type TestStores } from '../../test/push-app'
import { startNameServer } from '../../test/name-server'
import { type Answer, startWebhook } from '../../test/webhook'
import { message } from '../suite/case'
import { createNameResolver } from './name-resolver'
import { settledMs } from './config-cache'
import type { StoredConfig } from './config-record'
import { recordKey } from './config-record'
import { ConfigStore } from './config-store'
import { entryOf, topic } from './notification'
import type { PushOptions } from './options'

/** Names under `test` stand for this machine, so that one receiver is many hosts. */
const manyHosts: PushOptions = {
  allow: ['http://127.0.0.1:*', 'http://*.test:*'],
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  // Nothing is waited for as long as this: what comes through does not come because others timed out.
  timeoutMs: 120_000,
}
const callers = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank']

function at(url: string, host: string): string {
  const { port } = new URL(url)
  return `http://${host}.test:${port}/hook?${host}`
}

/** A receiver that answers each request when it is told to. */
async function startSlow() {
  const held: { path: string; answer(): void }[] = []
  const webhook = await startWebhook(
    (_, { path }) => new Promise<Answer>((resolve) => held.push({ path, answer: () => resolve(200) })),
  )
  return Object.assign(webhook, { held })
}

/** Milliseconds to wait for what has to come, on a machine that is busy with other things. */
const patienceMs = 40_000
vi.setConfig({ testTimeout: 60_000 })

const whole = ['task TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING', 'step-1: 1', 'TASK_STATE_COMPLETED']

describe('notifications of one caller do not wait for those of another', () => {
  it('that has 100 receivers which never answer', async () => {
    await using test = startPushApp(manyHosts, { callers })
    await using hanging = await startWebhook(() => () => {})
    await using webhook = await startWebhook()
    for (let n = 0; n < 100; n++) await test.send('ask', { url: at(hanging.url, `h${n}`) }, {}, 'alice')
    await hanging.until(16, patienceMs)
    await test.send('steps 1', { url: webhook.url }, {}, 'bob')
    expect((await webhook.until(4, patienceMs)).map(gist)).toEqual(whole)
    // All 100 still wait, half of the slots are taken, and none is tried twice.
    expect([hanging.received.length, hanging.peak]).toEqual([16, 16])
    expect(test.owed()).toBeGreaterThanOrEqual(300)
  })

  it('that has 40 receivers whose names nobody answers for', async () => {
    await using names = await startNameServer((name) => (name.startsWith('silent') ? 'never' : '127.0.0.1'))
    const resolve = createNameResolver({ servers: [names.address], askMs: 60_000 })
    await using test = startPushApp({ ...manyHosts, resolve }, { callers })
    await using webhook = await startWebhook()
    // All at once: a look at a name takes two seconds where it is not answered.
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => test.send('ask', { url: at(webhook.url, `silent${n}`) }, {}, 'alice')),
    )
    await test.send('steps 1', { url: at(webhook.url, 'bob') }, {}, 'bob')
    expect((await webhook.until(4, patienceMs)).map(gist)).toEqual(whole)
    expect(await test.owed()).toBeGreaterThanOrEqual(120)
  })

  const drivers: [string, () => TestStores & { close?(): void }][] = [
    ['in memory', () => createMemoryStores({ outbox: { maxEntries: 20_000 } })],
    ['on SQLite', () => createSqliteStores({ file: ':memory:' })],
  ]
  it.each(drivers)('that has 10,000 which can not be delivered, %s', async (_, makeStores) => {
    const stores = makeStores()
    await using test = startPushApp({ ...manyHosts, maxOwed: 100_000 }, { callers, stores })
    await using slow = await startSlow()
    await using webhook = await startWebhook()
    const key = { tenant: '', principalId: 'alice', taskId: '' }
    for (let task = 0; task < 200; task++) {
      const configs = Array.from({ length: 50 }, (_config, n): StoredConfig => ({
        id: `${n}`,
        url: at(slow.url, `h${task}-${n}`),
        version: '1.0',
        nonce: `n-${task}-${n}`,
      }))
      const one = { ...key, taskId: `t-${task}` }
      await stores.keyValue.set(recordKey(one), { key: one, configs: configs as never, at: Date.now() })
      const event = {
        statusUpdate: { taskId: one.taskId, contextId: 'c', status: { state: 'TASK_STATE_WORKING' as const } },
      }
      await stores.outbox.add(configs.map((config) => entryOf(config, { key: one, at: 0, isLast: false, event }, '1')))
    }
    expect(await test.owed()).toBe(10_000)
    await test.send('steps 1', { url: webhook.url }, {}, 'bob')
    expect((await webhook.until(4, patienceMs)).map(gist)).toEqual(whole)
    // Of hers as many are under way as may be, however they end and begin.
    await slow.until(16, patienceMs)
    for (let answered = 0; answered < 40; answered++) {
      slow.held[answered]?.answer()
      await slow.until(17 + answered, patienceMs)
    }
    expect([slow.peak, slow.received.length]).toEqual([16, 56])
    // What is not tried is not held either: another process could take it.
    expect(await test.owed()).toBeGreaterThanOrEqual(9_944)
    const now = Date.now() + 1
    const due = await stores.outbox.take({ topic, now, hideUntil: now, limit: 20_000 })
    expect(due.length).toBeGreaterThan(9_944 - 200)
    await test.app.close()
    stores.close?.()
  })

  const many = process.env['PF_TEST_FULL'] ? [10, 300, 2_000] : [10, 300]
  const counts = many.flatMap((count) => drivers.map(([where, make]) => [count, where, make] as const))
  it.each(counts)(
    'nor for those of %i others who all have more, %s: within one turn of the slots',
    async (count, _, makeStores) => {
      const stores = makeStores()
      // It stands still: nobody comes to be known as slow.
      const clock = createFakeClock()
      await using test = startPushApp({ ...manyHosts, maxOwed: 100_000 }, { callers, stores, clock })
      const held: (() => void)[] = []
      const most = Math.floor(count * 1.5)
      await using webhook = await startWebhook((number) =>
        number > most ? new Promise<Answer>((resolve) => held.push(() => resolve(200))) : 200,
      )
      for (let n = 0; n < count; n++) {
        const key = { tenant: '', principalId: `p-${n}`, taskId: 't' }
        const url = at(webhook.url, `p-${n}`)
        const configs = ['1', '2', '3'].map((id): StoredConfig => ({ id, url, version: '1.0', nonce: id }))
        await stores.keyValue.set(recordKey(key), { key, configs: configs as never, at: clock.now() })
        const statusUpdate = { taskId: 't', contextId: 'c', status: { state: 'TASK_STATE_WORKING' as const } }
        const notification = { key, at: 0, isLast: false, event: { statusUpdate } }
        await stores.outbox.add(configs.map((config) => entryOf(config, notification, '1')))
      }
      await clock.advance(20)
      // Everybody had a turn, some have another: with those the slots are full, or nothing more is owed.
      await webhook.until(Math.min(count * 3, most + 40), patienceMs)
      await test.send('steps 0', { url: at(webhook.url, 'bob') }, {}, 'bob')
      // Each that is freed is taken once: 32, and 8 of the quick lane. Nothing else is answered.
      for (const answer of held.splice(0, 40)) answer()
      const isServed = () => webhook.received.some(({ path }) => path.includes('bob'))
      await expect.poll(isServed, { timeout: patienceMs }).toBe(true)
      for (const answer of held) answer()
      await test.app.close()
      stores.close?.()
    },
  )

  it('nor for those of many others that keep every slot taken: whoever has nothing under way has the quick lane', async () => {
    // It stands still: on a busy machine a second may be over before an answer is read.
    const clock = createFakeClock()
    await using test = startPushApp({ ...manyHosts, concurrency: 8 }, { callers, clock })
    await using slow = await startSlow()
    await using webhook = await startWebhook()
    for (const caller of ['alice', 'carol', 'dave', 'erin'])
      for (let n = 0; n < 20; n++) await test.send('ask', { url: at(slow.url, `${caller}${n}`) }, {}, caller)
    await slow.until(8, patienceMs)
    const under = (caller: string) => slow.received.filter(({ path }) => path.includes(caller)).length
    expect(callers.map(under)).toEqual([4, 0, 2, 1, 1, 0])
    // He has none of those, nor had he time to be slow.
    await test.send('steps 1', { url: webhook.url }, {}, 'bob')
    expect((await webhook.until(4, patienceMs)).map(gist)).toEqual(whole)
    // Nobody else had another one: whoever has a slot has none in the quick lane.
    expect(callers.map(under)).toEqual([4, 0, 2, 1, 1, 0])
    expect(slow.peak).toBe(8)
  })

  it('nor for those of many callers with none that answers: they are tried for a second, then they are known', async () => {
    const many = Array.from({ length: 10 }, (_, n) => `slow-${n}`)
    const clock = createFakeClock()
    await using test = startPushApp({ ...manyHosts, concurrency: 16 }, { callers: [...callers, ...many], clock })
    await using slow = await startSlow()
    await using webhook = await startWebhook()
    for (const caller of many)
      for (let n = 0; n < 10; n++) await test.send('ask', { url: at(slow.url, `${caller}-${n}`) }, {}, caller)
    const under = (caller: string) => slow.received.filter(({ path }) => path.includes(`${caller}-`)).length
    // Five callers have the 16 slots, four more have those of the quick lane.
    await slow.until(20, patienceMs)
    await test.send('steps 1', { url: webhook.url }, {}, 'bob')
    expect(many.map(under)).toEqual([8, 4, 2, 1, 1, 1, 1, 1, 1, 0])
    expect(webhook.received).toHaveLength(0)
    await clock.advance(1_000)
    expect((await webhook.until(4, patienceMs)).map(gist)).toEqual(whole)
    await slow.until(21, patienceMs)
    expect(many.map(under)).toEqual([8, 4, 2, 1, 1, 1, 1, 1, 1, 1])
    // By now all are known: whoever comes next waits for none of them.
    await clock.advance(1_000)
    await test.send('steps 1', { url: `${webhook.url}?carol` }, {}, 'carol')
    expect((await webhook.until(8, patienceMs)).slice(4).map(gist)).toEqual(whole)
    expect(slow.received).toHaveLength(21)
    // What was broken off comes again as soon as there is an ordinary slot.
    await clock.advance(1_000)
    for (const { answer } of slow.held.slice(0, 21)) answer()
    await until(() => many.slice(5).every((caller) => under(caller) > 1))
    expect(slow.peak).toBe(20)
  })

  it('nor for the long backlog of one, where there is a single slot: everybody to whom something is owed has a turn', async () => {
    await using test = startPushApp({ ...manyHosts, concurrency: 1 }, { callers })
    await using slow = await startSlow()
    for (const caller of ['alice', 'carol'])
      for (let n = 0; n < 30; n++) await test.send('ask', { url: at(slow.url, `${caller}${n}`) }, {}, caller)
    await slow.until(1, patienceMs)
    await test.send('steps 1', { url: at(slow.url, 'bob') }, {}, 'bob')
    for (let answered = 0; answered < 12; answered++) {
      slow.held[answered]?.answer()
      await slow.until(answered + 2, patienceMs)
    }
    const whose = slow.received.map(({ path }) => callers.find((caller) => path.includes(caller)))
    // Bob's four come with every third turn at the latest, each after the first of his was answered.
    expect(whose.filter((caller) => caller === 'bob')).toHaveLength(4)
    expect(slow.peak).toBe(1)
  })

  it('that points to the same host: neither its slow answers nor its failures nor its Retry-After count', async () => {
    await using test = startPushApp({ timeoutMs: 60_000, retryBaseMs: 1, retryMaxMs: 1 }, { callers })
    const answers: Record<string, Answer> = { hang: () => {}, fail: 503, wait: [429, { 'retry-after': '3000' }] }
    await using shared = await startWebhook((_, { path }) => answers[path.split('?')[1] ?? ''] ?? 200)
    const sent = (what: string) => shared.received.filter(({ path }) => path.endsWith(`?${what}`))
    for (let n = 0; n < 8; n++) await test.send('ask', { url: `${shared.url}?hang` }, {}, 'alice')
    for (let n = 0; n < 8; n++) await test.send('ask', { url: `${shared.url}?fail` }, {}, 'carol')
    for (let n = 0; n < 8; n++) await test.send('ask', { url: `${shared.url}?wait` }, {}, 'dave')
    // Alice has as many under way as one host may have, Carol's have opened the circuit, Dave was told to wait.
    await until(() => sent('hang').length === 4 && sent('fail').length >= 5 && sent('wait').length >= 1)
    await test.send('steps 1', { url: `${shared.url}?bob` }, {}, 'bob')
    await until(() => sent('bob').length === 4)
    expect(sent('bob').map(gist)).toEqual(whole)
    expect([sent('hang').length, sent('fail').length < 10, sent('wait').length <= 4]).toEqual([4, true, true])
  })
})

describe('what may wait for one caller', () => {
  /** Receivers of everybody but those under `?good` are down. */
  const start = (options: PushOptions) => {
    const test = startPushApp({ retryBaseMs: 60_000, retryMaxMs: 60_000, ...options }, { callers })
    const of = (caller: string) =>
      test.stores.outbox.pending({ topic, owner: `a2a.push/0:/${caller.length}:${caller}/`, limit: 1_000 })
    return Object.assign(test, { of })
  }

  it('is bounded: then its webhooks are told only where tasks stop, then nothing; others are told everything', async () => {
    await using test = start({ maxOwed: 80 })
    await using dead = await startWebhook(() => 500)
    await using webhook = await startWebhook()
    const tasks: string[] = []
    const send = async () => {
      const sent = test.peer.call(
        'SendMessage',
        { message: message('ask'), configuration: { taskPushNotificationConfig: { url: dead.url } } },
        as('alice'),
      )
      const { error, result } = await sent
      if (result !== undefined) tasks.push(result.task.id)
      return error
    }
    // Three notifications each: the task as it was submitted, working, waiting.
    for (let n = 0; n < 3; n++) expect(await send()).toBeUndefined()
    expect([test.of('alice'), linesOf(test.logs)]).toEqual([9, []])
    expect(await send()).toBeUndefined()
    // 10 of 80 is her share while nobody else has any; of the fourth task she is told where it stops.
    expect([test.of('alice'), linesOf(test.logs)]).toEqual([
      10,
      [['warn', 'alice', 'Too many push notifications of a caller wait: its webhooks are told only where tasks stop.']],
    ])
    for (let n = 0; n < 2; n++) expect(await send()).toBeUndefined()
    expect(test.of('alice')).toBe(12)
    const refused = await send()
    expect(refused).toMatchObject({ message: expect.stringContaining('Too many push notifications wait') })
    expect(JSON.stringify(refused)).toContain('RetryInfo')
    // The tasks themselves go on, whatever waits; that nobody is told of it is in the log.
    for (const id of tasks) await test.peer.result('CancelTask', { id }, as('alice'))
    expect(test.of('alice')).toBe(12)
    expect(linesOf(test.logs).slice(1)).toEqual([
      [
        'error',
        'alice',
        'Too many push notifications of a caller wait: its webhooks are not told what happens to its tasks now.',
      ],
    ])

    await test.send('steps 1', { url: webhook.url }, {}, 'bob')
    expect((await webhook.until(4, patienceMs)).map(gist)).toEqual(whole)
    expect(linesOf(test.logs)).toHaveLength(2)
  })

  const drivers: [string, () => TestStores & { close?(): void }][] = [
    ['in memory', () => createMemoryStores()],
    ['on SQLite', () => createSqliteStores({ file: ':memory:' })],
  ]
  it.each(drivers)(
    'is bounded where everything happens at once, %s: others are told everything',
    async (_, makeStores) => {
      const stores = makeStores()
      const options = { maxOwed: 80, retryBaseMs: 60_000, retryMaxMs: 60_000 }
      await using test = startPushApp(options, { callers, stores })
      await using dead = await startWebhook(() => 500)
      await using webhook = await startWebhook()
      const configs = new ConfigStore(stores.keyValue, systemClock)
      const tasks: string[] = []
      for (let n = 0; n < 30; n++) {
        const { task } = await test.peer.result('SendMessage', { message: message('ask') }, as('alice'))
        tasks.push(task.id)
        await configs.change({ tenant: '', principalId: 'alice', taskId: task.id }, (list) => {
          for (let config = 0; config < 10; config++)
            list.push({ id: `${config}`, url: dead.url, version: '1.0', nonce: `${n}-${config}` })
          return {}
        })
      }
      await configs.nextEpoch()
      // What is known of configs is as old as that at most.
      await new Promise((resolve) => setTimeout(resolve, settledMs))
      await Promise.all(tasks.map((id) => test.peer.result('CancelTask', { id }, as('alice'))))
      // Of 300, those that may wait, and the fifth more.
      expect(await test.owed()).toBe(12)
      await test.send('steps 1', { url: webhook.url }, {}, 'bob')
      expect((await webhook.until(4, patienceMs)).map(gist)).toEqual(whole)
      await test.app.close()
      stores.close?.()
    },
  )

  it.each(drivers)(
    'keeps no place of tasks that ended and are owed nothing, told or not, %s',
    async (_, makeStores) => {
      const stores = makeStores()
      const clock = createFakeClock()
      let isUp = false
      await using webhook = await startWebhook(() => (isUp ? 200 : 404))
      const options = { maxOwed: 80, maxTasksPerCaller: 4, maxAttempts: 1e6 }
      await using test = startPushApp(options, { callers, stores, clock })
      const params = { message: message('ask'), configuration: { taskPushNotificationConfig: { url: webhook.url } } }
      const send = () => test.peer.call('SendMessage', params, as('alice'))
      const places = async () => (await stores.keyValue.keys('a2a.push/')).length
      const tasks: string[] = []
      for (let n = 0; n < 4; n++) tasks.push((await send()).result.task.id)
      for (const id of tasks) await test.peer.result('CancelTask', { id }, as('alice'))
      // Of the ends of two tasks she is not told; nor of the others yet, whose places are not given away.
      expect(await test.owed()).toBe(12)
      await clock.advance(5_000)
      expect((await send()).error?.message).toContain('Too many push notifications wait')
      expect(await places()).toBe(4)
      isUp = true
      const end = Date.now() + patienceMs
      while ((await test.owed()) > 0 && Date.now() < end) await clock.advance(100)
      await clock.advance(2_000)
      expect([await test.owed(), await places()]).toEqual([0, 2])
      for (let n = 0; n < 2; n++) tasks.push((await send()).result.task.id)
      expect(await places()).toBe(4)
      // Those of tasks that go on, and one that was registered a moment ago, are kept.
      const more = await send()
      expect([more.result?.task.id.length > 0, await places()]).toEqual([true, 3])
      expect((await send()).error).toBeUndefined()
      expect((await send()).error?.message).toContain('4 tasks with push notification configs already')
      await test.app.close()
      stores.close?.()
    },
  )

  it.each(drivers)(
    'is bounded by bytes, too, %s: then the state in which a task stops is told',
    async (_, makeStores) => {
      const stores = makeStores()
      let isUp = false
      await using webhook = await startWebhook(() => (isUp ? 200 : 404))
      // Of alice 100,000 bytes, and a fifth more.
      await using test = startPushApp({ maxOwedBytes: 800_000, maxAttempts: 1e6, pollMs: 5 }, { callers, stores })
      const owner = 'a2a.push/0:/5:alice/'
      const bytes = async () => [
        await stores.outbox.pendingBytes({ topic, owner }),
        await stores.outbox.pendingBytes({ topic }),
      ]
      const tasks: string[] = []
      for (let n = 0; n < 4; n++) {
        const { task } = await test.send(`ask ${'x'.repeat(20_000)}`, { id: 'first', url: webhook.url }, {}, 'alice')
        tasks.push(task.id)
      }
      // Each took the size of its task, and little more: there is room for another task.
      expect((await bytes())[0]).toBeGreaterThan(80_000)
      for (let n = 0; n < 5; n++) {
        const configuration = { taskPushNotificationConfig: { url: webhook.url } }
        const params = { message: message(`ask ${'x'.repeat(20_000)}`), configuration }
        await test.peer.call('SendMessage', params, as('alice'))
      }
      const [most = 0, ofAll] = await bytes()
      expect([most < 120_000, ofAll]).toEqual([true, most])
      for (const id of tasks) await test.peer.result('CancelTask', { id }, as('alice'))
      expect((await bytes())[0]).toBeLessThan(120_000)
      expect(await test.owed()).toBeLessThan(100)
      isUp = true
      await expect.poll(() => test.owed(), { timeout: patienceMs }).toBe(0)
      const taken = distinct(webhook.received)
      const last = tasks.map((id) =>
        taken.filter(({ body }) => (body.task?.id ?? body.statusUpdate?.taskId) === id).at(-1),
      )
      expect(last.map((one) => one && gist(one))).toEqual(tasks.map(() => 'TASK_STATE_CANCELED'))
      expect(linesOf(test.logs)[0]?.[2]).toContain('told only where tasks stop')
      // With everything taken she is told everything again, as others always were.
      await test.send('steps 1', { url: `${webhook.url}?again` }, {}, 'alice')
      const again = () => webhook.received.filter(({ path }) => path.endsWith('?again'))
      await expect.poll(() => again().length, { timeout: patienceMs }).toBe(4)
      expect(again().map(gist)).toEqual(whole)
      await test.app.close()
      stores.close?.()
    },
  )

  it('can be made to go by another address, though no other webhook is taken', async () => {
    await using test = start({ maxOwed: 80, retryBaseMs: 100, retryMaxMs: 100 })
    await using dead = await startWebhook(() => 500)
    await using webhook = await startWebhook()
    const tasks: string[] = []
    for (let n = 0; n < 6; n++) tasks.push((await test.send('ask', { id: 'p', url: dead.url }, {}, 'alice')).task.id)
    const config = (id: string) => ({ taskId: tasks[0], id, url: webhook.url })
    const another = await test.peer.call('CreateTaskPushNotificationConfig', config('q'), as('alice'))
    expect(another.error?.message).toContain('Too many push notifications wait')
    for (const taskId of tasks)
      await test.peer.result('CreateTaskPushNotificationConfig', { ...config('p'), taskId }, as('alice'))
    await until(() => test.of('alice') === 0)
    expect(distinct(webhook.received)).toHaveLength(12)
    await test.peer.result('CreateTaskPushNotificationConfig', config('q'), as('alice'))
  })

  it('shrinks as more callers have some waiting, and all together never pass the bound', async () => {
    await using test = start({ maxOwed: 40, maxOwedPerCaller: 20 })
    await using dead = await startWebhook(() => 500)
    await using webhook = await startWebhook()
    for (const caller of ['alice', 'carol', 'dave']) {
      for (let n = 0; n < 12; n++) {
        const params = { message: message('ask'), configuration: { taskPushNotificationConfig: { url: dead.url } } }
        await test.peer.call('SendMessage', params, as(caller))
      }
    }
    // Of 48 the first has a half, the next two a half each of what was left.
    expect(['alice', 'carol', 'dave'].map(test.of)).toEqual([24, 12, 6])
    // Who comes last is told at least where the task stops.
    await test.send('steps 1', { url: webhook.url }, {}, 'bob')
    expect((await webhook.until(1, patienceMs)).map(gist)).toEqual(['task TASK_STATE_COMPLETED'])
  })
})

function linesOf(logs: readonly { level: string; message: string; fields: { principalId?: string } }[]) {
  return logs
    .filter(({ message: text }) => text.startsWith('Too many push notifications'))
    .map(({ level, fields, message: text }) => [level, fields.principalId, text])
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + patienceMs
  while (!isSo()) {
    if (Date.now() > end) throw new Error('It did not come to be so.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
