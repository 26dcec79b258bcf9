import { createMemoryStores } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { createSqliteStores } from '@pf-agents/sqlite-storage'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { distinct, gist, type PushAppOptions, startPushApp, type TestStores } from '../../test/push-app'
import { startWebhook } from '../../test/webhook'
import { message } from '../suite/case'
import type { PushOptions } from './options'

vi.setConfig({ testTimeout: 60_000 })
const patience = { timeout: 40_000 }

describe.each([
  ['memory', createMemoryStores],
  ['SQLite', () => createSqliteStores({ file: ':memory:' })],
])('what a caller does about webhooks that can not be told, with %s', (_, open) => {
  let stores: TestStores & { close?(): void }
  beforeEach(() => {
    stores = open() as TestStores
  })
  afterEach(() => stores.close?.())
  const startApp = (options: PushOptions, more: PushAppOptions<TestStores> = {}) =>
    startPushApp({ timeoutMs: 1_000, ...options }, { stores, ...more })
  const send = (test: ReturnType<typeof startApp>, url: string) =>
    test.peer.call('SendMessage', {
      message: message('ask'),
      configuration: { taskPushNotificationConfig: { id: 'p', url } },
    })

  it.each(['deleted', 'dropped'])('configs that are %s make room for those of other tasks', async (how) => {
    await using webhook = await startWebhook(() => (how === 'dropped' ? 410 : 200))
    await using test = startApp({ maxTasksPerCaller: 3 })
    const tasks: string[] = []
    for (let n = 0; n < 3; n++) tasks.push((await test.send('ask', { id: 'p', url: webhook.url })).task.id)
    const configs = async (taskId: string) =>
      (await test.peer.result('ListTaskPushNotificationConfigs', { taskId })).configs.length
    await webhook.until(3)
    if (how === 'deleted') {
      expect((await send(test, webhook.url)).error?.message).toContain('3 tasks')
      for (const taskId of tasks) await test.peer.result('DeleteTaskPushNotificationConfig', { taskId, id: 'p' })
    } else for (const id of tasks) await expect.poll(() => configs(id), patience).toBe(0)
    // As many as there were, at once; then there is no room again.
    for (let n = 0; n < 3; n++) expect((await send(test, webhook.url)).error).toBeUndefined()
    if (how === 'deleted') expect((await send(test, webhook.url)).error?.message).toContain('3 tasks')
    // The tasks go on, and may have configs as before.
    await test.peer.result('CancelTask', { id: tasks[0] })
    expect(await configs(tasks[1] ?? '')).toBe(0)
  })

  it('what waits for a config that is deleted holds no room', async () => {
    await using dead = await startWebhook(() => [503, { 'retry-after': '600' }])
    await using webhook = await startWebhook()
    await using test = startApp({ maxOwed: 80 })
    const tasks: string[] = []
    for (let n = 0; n < 6; n++) tasks.push((await test.send('ask', { id: 'p', url: dead.url })).task.id)
    expect((await send(test, webhook.url)).error?.message).toContain('Too many push notifications wait')
    for (const taskId of tasks) await test.peer.result('DeleteTaskPushNotificationConfig', { taskId, id: 'p' })
    expect(await test.owed()).toBe(0)
    expect((await send(test, webhook.url)).error).toBeUndefined()
    expect((await webhook.until(3)).map(gist).at(-1)).toBe('TASK_STATE_INPUT_REQUIRED')
  })

  it('what waits for a config that is replaced goes to its new address at once', async () => {
    const clock = createFakeClock()
    await using busy = await startWebhook(() => [503, { 'retry-after': '900' }])
    await using webhook = await startWebhook()
    await using test = startApp({ retryBaseMs: 1_000, retryMaxMs: 1_000 }, { clock })
    const { task } = await test.send('ask', { id: 'p', url: busy.url })
    await busy.until(1)
    const isPutBack = () => test.logs.some(({ fields }) => fields.reason === 'HTTP 503')
    await expect.poll(isPutBack, patience).toBe(true)
    await clock.advance(10_000)
    expect(busy.received).toHaveLength(1)
    await test.peer.result('CreateTaskPushNotificationConfig', { taskId: task.id, id: 'p', url: webhook.url })
    // No time passes.
    const told = distinct(await webhook.until(3))
    expect(told.map(gist)).toEqual(['task TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING', 'TASK_STATE_INPUT_REQUIRED'])
    expect(webhook.received[0]?.headers['x-a2a-notification-id']).toBe(
      busy.received[0]?.headers['x-a2a-notification-id'],
    )
  })

  it('what is on its way when its config is replaced is not overtaken', async () => {
    let answer = (): void => {}
    const answered = new Promise<number>((resolve) => (answer = () => resolve(200)))
    await using slow = await startWebhook(() => answered)
    await using webhook = await startWebhook()
    await using test = startApp({ timeoutMs: 30_000 })
    const { task } = await test.send('ask', { id: 'p', url: slow.url })
    await slow.until(1)
    await test.peer.result('CreateTaskPushNotificationConfig', { taskId: task.id, id: 'p', url: webhook.url })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(webhook.received).toHaveLength(0)
    answer()
    expect((await webhook.until(2)).map(gist)).toEqual(['TASK_STATE_WORKING', 'TASK_STATE_INPUT_REQUIRED'])
  })

  it('a webhook of A2A 0.3 is told the state alone where the whole task has no room', async () => {
    const version = { headers: { 'a2a-version': '0.3' } }
    await using webhook = await startWebhook()
    // 150,000 bytes for one caller where tasks stop; the task alone has twice as many.
    await using test = startApp({ maxOwedBytes: 1_000_000 })
    const text = `ask ${'x'.repeat(300_000)}`
    const given = { role: 'user', messageId: crypto.randomUUID(), parts: [{ kind: 'text', text }], kind: 'message' }
    const configuration = { pushNotificationConfig: { url: webhook.url } }
    const response = await test.app.fetch(
      new Request('http://agent.test/', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...version.headers },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'message/send',
          params: { message: given, configuration },
        }),
      }),
    )
    const { result } = (await response.json()) as { result: { id: string; contextId: string } }
    const [first] = await webhook.until(1)
    const { id, contextId } = result
    expect(first?.body).toMatchObject({ kind: 'task', id, contextId, status: { state: 'input-required' } })
    expect([first?.body.history, first?.body.artifacts]).toEqual([undefined, undefined])
    await test.peer.result('CancelTask', { id })
    expect((await webhook.until(2))[1]?.body).toMatchObject({ kind: 'task', id, status: { state: 'canceled' } })
  })
})
