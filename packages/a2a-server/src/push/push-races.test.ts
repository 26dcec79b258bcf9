import { createApp } from '@pf-agents/app'
import {
  bind,
  createMemoryStores,
  defineAgent,
  keyValuePort,
  type Outbox,
  type OutboxEntry,
  outboxPort,
  reply,
  type RunStore,
  runStorePort,
} from '@pf-agents/agent-core'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { peerOf } from '../../test/peer-of'
import { gist, startPushApp } from '../../test/push-app'
import { startWebhook } from '../../test/webhook'
import { a2aServer } from '../a2a-server'
import { message } from '../suite/case'
import type { Json } from '../suite/client'
import type { StoredConfig } from './config-record'
import { entryOf, topic } from './notification'
import type { PushOptions } from './options'
import { pushNotifications } from './push-notifications'

/** An app whose store holds every commit that ends a task until it is let go. */
function startApp(options: PushOptions = {}) {
  const logs: string[] = []
  const stores = createMemoryStores()
  let letGo = (): void => {}
  let held: (() => void) | undefined
  const holding = new Promise<void>((resolve) => (held = resolve))
  const store: RunStore = {
    ...stores.runStore,
    commit(commit) {
      const ends = commit.events.some((event) => event.type === 'status' && event.status.state === 'completed')
      if (!ends) return stores.runStore.commit(commit)
      held?.()
      return new Promise<void>((resolve) => (letGo = resolve)).then(() => stores.runStore.commit(commit))
    },
  }
  const agent = defineAgent({
    name: 'a',
    description: 'a',
    version: '1.0.0',
    skills: [],
    onMessage: async (_, context) => {
      await context.startTask()
      return reply.completed('done')
    },
  })
  const app = createApp(
    agent,
    [
      a2aServer(),
      pushNotifications({ allow: ['http://127.0.0.1:*'], ...options }),
      {
        name: 'test-stores',
        targets: ['node'],
        provides: [keyValuePort, runStorePort, outboxPort],
        requires: [],
        optional: [],
        setup: () => ({
          ports: [bind(keyValuePort, stores.keyValue), bind(runStorePort, store), bind(outboxPort, stores.outbox)],
        }),
      },
    ],
    { logger: { log: (level, text) => void logs.push(`${level} ${text}`) } },
  )
  const peer = peerOf(app)
  return { peer, stores, logs, holding, letGo: () => letGo(), [Symbol.asyncDispose]: () => app.close() }
}

it('a config that is registered while the end of its task is being stored is told that end', async () => {
  await using webhook = await startWebhook()
  await using test = startApp()
  const answer = test.peer.result('SendMessage', { message: message('x'), configuration: { returnImmediately: true } })
  const { task } = await answer
  await test.holding
  // The commit was asked for what it owes before there was a config, and lands behind it.
  await test.peer.result('CreateTaskPushNotificationConfig', { taskId: task.id, id: 'p', url: webhook.url })
  test.letGo()
  const [first] = await webhook.until(1)
  expect(first?.body.task).toMatchObject({ id: task.id, status: { state: 'TASK_STATE_COMPLETED' } })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(webhook.received).toHaveLength(1)
})

it('that end is not told either where too much waits for the caller: the log says so', async () => {
  await using webhook = await startWebhook()
  await using test = startApp({ maxOwed: 80 })
  const { task } = await test.peer.result('SendMessage', {
    message: message('x'),
    configuration: { returnImmediately: true },
  })
  await test.holding
  await test.peer.result('CreateTaskPushNotificationConfig', { taskId: task.id, id: 'p', url: webhook.url })
  // Meanwhile twelve of the same caller come to wait, of whom ten may, and a fifth more.
  const key = { tenant: '', principalId: 'anonymous', taskId: 'other' }
  const config: StoredConfig = { id: 'o', nonce: 'o', url: webhook.url, version: '1.0' }
  const event = { statusUpdate: { taskId: 'other', contextId: 'c', status: { state: 'TASK_STATE_WORKING' as const } } }
  const waits = { key, at: Date.now() + 3_600_000, isLast: false, event }
  test.stores.outbox.add(Array.from({ length: 12 }, (_, n) => entryOf(config, waits, `${n}`)))
  test.letGo()
  while (test.logs.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(test.logs).toEqual([
    'error Too many push notifications of a caller wait: its webhooks are not told what happens to its tasks now.',
  ])
  expect([webhook.received.length, test.stores.outbox.pending({ topic, limit: 99 })]).toEqual([0, 12])
})

it('a config that is registered just behind the end is told nothing: whoever registers it reads the task', async () => {
  await using webhook = await startWebhook()
  await using test = startApp()
  const { task } = await test.peer.result('SendMessage', {
    message: message('x'),
    configuration: { returnImmediately: true },
  })
  await test.holding
  test.letGo()
  let state = ''
  while (state !== 'TASK_STATE_COMPLETED')
    state = ((await test.peer.result('GetTask', { id: task.id })) as Json).status.state
  await test.peer.result('CreateTaskPushNotificationConfig', { taskId: task.id, id: 'p', url: webhook.url })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(webhook.received).toEqual([])
})

it('a config that is made by another process is told everything from then on', { timeout: 30_000 }, async () => {
  await using webhook = await startWebhook()
  const directory = mkdtempSync(join(tmpdir(), 'pf-push-races-'))
  let step = 0
  let isDone = false
  const agent = defineAgent({
    name: 'steps',
    description: 'Goes on until it is told to stop',
    version: '1.0.0',
    skills: [],
    async onMessage(_, context) {
      await context.startTask()
      while (!isDone) {
        context.emit({ type: 'artifact', artifact: { artifactId: `step-${++step}`, parts: [{ text: 'x' }] } })
        await new Promise((resolve) => setTimeout(resolve, 3))
      }
      return reply.completed()
    },
  })
  const open = () => {
    const features = [
      a2aServer(),
      sqliteStorage({ file: join(directory, 'agent.db') }),
      pushNotifications({ allow: ['http://127.0.0.1:*'], pollMs: 50, maxPending: 5_000 }),
    ]
    const app = createApp(agent, features, { logger: { log() {} } })
    return {
      app,
      peer: peerOf(app),
    }
  }
  const [one, other] = [open(), open()]
  try {
    const configuration = { returnImmediately: true }
    const { task } = await one.peer.result('SendMessage', { message: message('x'), configuration })
    while (step < 20) await new Promise((resolve) => setTimeout(resolve, 5))
    await other.peer.result('CreateTaskPushNotificationConfig', { taskId: task.id, id: 'p', url: webhook.url })
    const known = step
    while (step < known + 20) await new Promise((resolve) => setTimeout(resolve, 5))
    await other.peer.result('DeleteTaskPushNotificationConfig', { taskId: task.id, id: 'p' })
    await other.peer.result('CreateTaskPushNotificationConfig', {
      taskId: task.id,
      id: 'again',
      url: `${webhook.url}/2`,
    })
    const knownAgain = step
    while (step < knownAgain + 20) await new Promise((resolve) => setTimeout(resolve, 5))
    isDone = true
    const toldOf = (path: string) => webhook.received.filter((received) => received.path === path)
    const isOver = () => toldOf('/hook/2').at(-1)?.body.statusUpdate?.status.state === 'TASK_STATE_COMPLETED'
    const end = Date.now() + 15_000
    while (!isOver() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
    const told = toldOf('/hook/2').flatMap(({ body }) => body.artifactUpdate?.artifact.artifactId ?? [])
    const due = Array.from({ length: step - knownAgain - 1 }, (_, index) => `step-${knownAgain + 2 + index}`)
    expect(told.slice(-due.length)).toEqual(due)
    expect(toldOf('/hook').length).toBeGreaterThan(0)
    expect(isOver()).toBe(true)
  } finally {
    await one.app.close()
    await other.app.close()
    rmSync(directory, { recursive: true, force: true })
  }
})

it('an end that another process notes, too, while it is being told is told once', async () => {
  await using webhook = await startWebhook()
  const stores = createMemoryStores()
  let last: OutboxEntry | undefined
  const outbox: Outbox = {
    ...stores.outbox,
    async settle(id) {
      const isLast = id === last?.id
      if (isLast) stores.outbox.add([{ ...(last as OutboxEntry), id: `${last?.group} again` }])
      stores.outbox.settle(id)
      // Whoever looks meanwhile finds the other one at the head.
      if (isLast) await new Promise((resolve) => setTimeout(resolve, 150))
    },
  }
  const runStore: RunStore = {
    ...stores.runStore,
    commit(commit) {
      const result = stores.runStore.commit(commit)
      last = structuredClone(commit.outbox?.at(-1)) ?? last
      // Who notes it behind the commit, seeing the task alone, gives it the same number.
      if (commit.events.some((event) => event.type === 'status' && event.status.state === 'completed'))
        expect(last?.id).toBe(`${last?.group} ${result.lastSeq}.stop`)
      return result
    },
  }
  await using test = startPushApp({}, { stores: { ...stores, runStore, outbox } })
  await test.send('steps 1', { url: webhook.url })
  await test.settled()
  expect(webhook.received.map(gist)).toEqual([
    'task TASK_STATE_SUBMITTED',
    'TASK_STATE_WORKING',
    'step-1: 1',
    'TASK_STATE_COMPLETED',
  ])
})
