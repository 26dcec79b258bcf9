import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { distinct, gist, startPushApp as startApp } from '../../test/push-app'
import { type Received, startWebhook } from '../../test/webhook'
import { verifies } from '../conformance/verifies'
import { message, refusals } from '../suite/case'
import { topic } from './notification'

describe('a webhook', () => {
  it(`is told the task as it began and every change, in order, with its credentials ${verifies('PUSH-DELIVER-001', 'PUSH-DELIVER-002', 'PUSH-DELIVER-003', 'PUSH-CREATE-001')}`, async () => {
    await using webhook = await startWebhook()
    await using test = startApp()
    const { task } = await test.send('steps 3', {
      url: `${webhook.url}?a=b`,
      token: 'tok',
      authentication: { scheme: 'Bearer', credentials: 's3cret' },
    })
    const received = await webhook.until(6)
    expect(received.map(gist)).toEqual([
      'task TASK_STATE_SUBMITTED',
      'TASK_STATE_WORKING',
      'step-1: 1',
      'step-2: 2',
      'step-3: 3',
      'TASK_STATE_COMPLETED',
    ])
    expect(received[0]?.body.task).toMatchObject({
      id: task.id,
      contextId: task.contextId,
      history: [{ role: 'ROLE_USER', parts: [{ text: 'steps 3' }] }],
    })
    expect(received.at(-1)?.body).toEqual({
      statusUpdate: { taskId: task.id, contextId: task.contextId, status: task.status },
    })
    for (const { headers, path } of received) {
      expect([headers.authorization, headers['x-a2a-notification-token'], headers['content-type'], path]).toEqual([
        'Bearer s3cret',
        'tok',
        'application/a2a+json',
        '/hook?a=b',
      ])
    }
    expect(new Set(received.map(({ headers }) => headers['x-a2a-notification-id'])).size).toBe(6)
    // The config ends with the task.
    await test.settled()
    await test.peer.refused(refusals.taskNotFound, 'GetTaskPushNotificationConfig', { taskId: task.id, id: task.id })
    expect(JSON.stringify(test.logs)).not.toMatch(/s3cret|"tok"/)
  })

  it('gets no header that its config does not ask for', async () => {
    await using webhook = await startWebhook()
    await using test = startApp()
    await test.send('steps 0', { url: webhook.url, token: '', authentication: { scheme: 'Bearer', credentials: '' } })
    const [first] = await webhook.until(3)
    expect([first?.headers.authorization, first?.headers['x-a2a-notification-token'], first?.headers.cookie]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('is told streamed text as it grows, nothing twice, nothing left out', async () => {
    await using webhook = await startWebhook()
    await using test = startApp()
    const { task } = await test.send('stream 40', { url: webhook.url })
    await test.settled()
    const updates = webhook.received.flatMap(({ body }) => (body.artifactUpdate ? [body.artifactUpdate] : []))
    expect(updates.map(({ append }) => append === true)).toEqual(updates.map((_, index) => index > 0))
    const text = updates.map(({ artifact }) => artifact.parts[0].text).join('')
    expect(text).toBe(task.artifacts[0].parts[0].text)
  })

  it('is told of a task that waits, with its questions, and of what follows', async () => {
    await using webhook = await startWebhook()
    await using test = startApp()
    const { task } = await test.send('ask', { url: webhook.url })
    await webhook.until(3)
    const uri = 'urn:pf-agents:a2a:interrupt:v1'
    expect(webhook.received[2]?.body.statusUpdate.status).toEqual(task.status)
    expect(task.status.message.metadata[uri].interrupts).toHaveLength(1)
    await test.peer.result('SendMessage', { message: message('Rome', { taskId: task.id }) })
    await test.settled()
    expect(webhook.received.slice(3).map(gist)).toEqual(['TASK_STATE_WORKING', 'answer: Rome', 'TASK_STATE_COMPLETED'])
  })

  it('is told where a task is canceled from outside of its run', async () => {
    await using webhook = await startWebhook()
    await using test = startApp()
    const { task } = await test.send('ask', { url: webhook.url })
    await test.peer.result('CancelTask', { id: task.id })
    await test.settled()
    expect(webhook.received.map(gist).at(-1)).toBe('TASK_STATE_CANCELED')
  })

  it('that joins a running task is told from there on; each of several gets all of it', async () => {
    await using early = await startWebhook()
    await using late = await startWebhook()
    await using test = startApp()
    const { task } = await test.send('ask', { url: early.url })
    await test.peer.result('CreateTaskPushNotificationConfig', { taskId: task.id, id: 'late', url: late.url })
    await test.peer.result('SendMessage', { message: message('Rome', { taskId: task.id }) })
    await test.settled()
    expect(late.received.map(gist)).toEqual(['TASK_STATE_WORKING', 'answer: Rome', 'TASK_STATE_COMPLETED'])
    expect(early.received.slice(-3).map(gist)).toEqual(late.received.map(gist))
  })

  it('that is deleted is told nothing more', async () => {
    await using webhook = await startWebhook()
    await using test = startApp()
    const { task } = await test.send('ask', { url: webhook.url, id: 'p' })
    await webhook.until(3)
    await test.peer.result('DeleteTaskPushNotificationConfig', { taskId: task.id, id: 'p' })
    await test.peer.result('CancelTask', { id: task.id })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect([webhook.received.length, test.owed()]).toEqual([3, 0])
  })
})

describe('a receiver that does not take it', () => {
  it.each([
    ['answers 500', () => 500],
    ['answers 404', () => 404],
    ['answers 429', () => 429],
    ['redirects', () => [307, { location: 'http://127.0.0.1:1/' }] as [number, Record<string, string>]],
    ['breaks the connection', () => (response: { destroy(): void }) => response.destroy()],
    ['never answers', () => () => {}],
  ])('%s: it is tried again until it does, and what follows waits', async (name, refusal) => {
    await using webhook = await startWebhook((number) => (number === 2 || number === 3 ? refusal() : 200))
    await using test = startApp({ timeoutMs: name === 'never answers' ? 300 : 5_000 })
    await test.send('steps 1', { url: webhook.url })
    await test.settled()
    expect(distinct(webhook.received).map(gist)).toEqual([
      'task TASK_STATE_SUBMITTED',
      'TASK_STATE_WORKING',
      'step-1: 1',
      'TASK_STATE_COMPLETED',
    ])
    // The one that was refused twice came a third time, under the same id; on a busy machine more may time out.
    const ids = webhook.received.map(({ headers }) => headers['x-a2a-notification-id'])
    expect(ids.filter((id) => id === ids[2]).length).toBeGreaterThanOrEqual(ids[1] === ids[2] ? 3 : 2)
  })

  it('that redirects is not followed, wherever it points to', async () => {
    await using other = await startWebhook()
    for (const status of [301, 302, 303, 307, 308]) {
      await using webhook = await startWebhook((number) => (number === 1 ? [status, { location: other.url }] : 200))
      await using test = startApp()
      await test.send('steps 0', { url: webhook.url })
      await test.settled()
      expect(distinct(webhook.received).map(gist)).toEqual([
        'task TASK_STATE_SUBMITTED',
        'TASK_STATE_WORKING',
        'TASK_STATE_COMPLETED',
      ])
    }
    expect(other.received).toEqual([])
  })

  it('is not called again before its Retry-After is over', async () => {
    await using webhook = await startWebhook((number) => (number === 1 ? [503, { 'retry-after': '1' }] : 200))
    await using test = startApp()
    await test.send('steps 0', { url: webhook.url })
    await test.settled()
    const [first, second] = webhook.received
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_000)
  })

  it.each([429, 503])(
    'is left alone by other tasks until its Retry-After is over, and no longer: %d',
    async (status) => {
      const clock = createFakeClock()
      await using webhook = await startWebhook((number) => (number === 1 ? [status, { 'retry-after': '1' }] : 200))
      await using test = startApp({ timeoutMs: 120_000 }, { clock })
      await test.send('ask', { url: webhook.url })
      await webhook.until(1)
      // Until its answer is known the host does not rest.
      await expect
        .poll(() => test.logs.some(({ fields }) => fields.reason === `HTTP ${status}`), { timeout: 15_000 })
        .toBe(true)
      const terms = () => ({ topic, now: clock.now(), hideUntil: clock.now(), limit: 100 })
      const due = async () => (await test.stores.outbox.take(terms())).length
      for (let task = 0; task < 10; task++) await test.send('ask', { url: webhook.url })
      await expect.poll(due, { timeout: 15_000 }).toBe(0)
      expect(webhook.received).toHaveLength(1)
      await clock.advance(999)
      expect(webhook.received).toHaveLength(1)
      await clock.advance(200)
      // Three of each task, and the first one again.
      expect(distinct(await webhook.until(34))).toHaveLength(33)
    },
  )

  it('answers without end: no more than a little of it is read', async () => {
    let written = 0
    const endless = (response: {
      writeHead(status: number): void
      write(chunk: Uint8Array): boolean
      once(event: string, listener: () => void): void
      destroyed: boolean
    }) => {
      response.writeHead(200)
      const more = (): void => {
        while (!response.destroyed && response.write(new Uint8Array(65_536))) written += 65_536
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    }
    await using webhook = await startWebhook((number) => (number === 1 ? endless : 200))
    await using test = startApp({ timeoutMs: 5_000 })
    await test.send('steps 0', { url: webhook.url })
    await test.settled()
    expect(webhook.received.map(gist)).toEqual([
      'task TASK_STATE_SUBMITTED',
      'TASK_STATE_WORKING',
      'TASK_STATE_COMPLETED',
    ])
    expect(written).toBeLessThan(64 * 1024 * 1024)
  })

  it('is given up on in the end: its config is dropped, what waits for it too, and the log says so without secrets', async () => {
    await using webhook = await startWebhook(() => 500)
    await using test = startApp({ maxAttempts: 3 })
    const { task } = await test.send('ask', {
      id: 'p',
      url: `${webhook.url}?key=url-secret`,
      authentication: { scheme: 'Bearer', credentials: 'cred-secret' },
    })
    const end = Date.now() + 5_000
    while (test.owed() > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    expect([webhook.received.length, test.owed()]).toEqual([3, 0])
    await test.peer.refused(refusals.taskNotFound, 'GetTaskPushNotificationConfig', { taskId: task.id, id: 'p' })
    const warning = test.logs.find(({ level }) => level === 'warn')
    expect(warning?.fields).toEqual({
      taskId: task.id,
      config: 'p',
      host: new URL(webhook.url).origin,
      attempts: 3,
      reason: 'HTTP 500',
    })
    expect(JSON.stringify(test.logs)).not.toContain('secret')
  })

  it('is given up on when the notification is too old', async () => {
    await using webhook = await startWebhook(() => 503)
    await using test = startApp({ maxAgeMs: 60, retryBaseMs: 40 })
    await test.send('ask', { url: webhook.url })
    const end = Date.now() + 5_000
    while (test.owed() > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(test.owed()).toBe(0)
  })

  it('says that it is gone: its config is dropped at once', async () => {
    await using webhook = await startWebhook(() => 410)
    await using test = startApp()
    const { task } = await test.send('ask', { id: 'p', url: webhook.url })
    await webhook.until(1)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect([webhook.received.length, test.owed()]).toEqual([1, 0])
    expect((await test.peer.result('ListTaskPushNotificationConfigs', { taskId: task.id })).configs).toEqual([])
  })

  it('gets new credentials with what was owed already', async () => {
    await using webhook = await startWebhook((_, { headers }) => (headers.authorization === 'Bearer new' ? 200 : 401))
    await using test = startApp({ retryBaseMs: 100 })
    const { task } = await test.send('ask', {
      id: 'p',
      url: webhook.url,
      authentication: { scheme: 'Bearer', credentials: 'old' },
    })
    await webhook.until(1)
    await test.peer.result('CreateTaskPushNotificationConfig', {
      taskId: task.id,
      id: 'p',
      url: webhook.url,
      authentication: { scheme: 'Bearer', credentials: 'new' },
    })
    await test.peer.result('CancelTask', { id: task.id })
    await test.settled()
    const taken = webhook.received.filter(({ headers }) => headers.authorization === 'Bearer new')
    expect(taken.map(gist)).toEqual([
      'task TASK_STATE_SUBMITTED',
      'TASK_STATE_WORKING',
      'TASK_STATE_INPUT_REQUIRED',
      'TASK_STATE_CANCELED',
    ])
  })
})

describe('bounds', () => {
  it('a receiver that lags behind is told only the end, by the whole task', async () => {
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    await using webhook = await startWebhook(async (number) => {
      if (number === 1) await opened
      return 200
    })
    await using test = startApp({ maxPending: 4, timeoutMs: 5_000 })
    const { task } = await test.send('steps 30', { url: webhook.url })
    expect(test.owed()).toBeLessThanOrEqual(6)
    open()
    await test.settled()
    const { body } = webhook.received.at(-1) as Received
    expect(body.task.artifacts).toHaveLength(30)
    expect(body.task).toEqual(task)
    expect(webhook.received.length).toBeLessThanOrEqual(6)
  })

  it('of one host only so many are called at once; other hosts do not wait for it', async () => {
    await using slow = await startWebhook(async () => {
      await new Promise((resolve) => setTimeout(resolve, 150))
      return 200
    })
    await using quick = await startWebhook()
    await using test = startApp({ concurrencyPerHost: 2, timeoutMs: 5_000 })
    await Promise.all(Array.from({ length: 8 }, () => test.send('ask', { url: slow.url })))
    await test.send('steps 1', { url: quick.url })
    await quick.until(4, 3_000)
    expect(slow.received.length).toBeLessThan(24)
    await slow.until(24)
    expect(slow.peak).toBe(2)
  })
})

describe('addresses are looked at again at every delivery', () => {
  it('of a name that stood for a public address when it was registered', async () => {
    await using webhook = await startWebhook()
    const { port } = new URL(webhook.url)
    let address = '93.184.216.34'
    await using test = startApp({
      allow: [],
      allowHttp: true,
      ports: [Number(port)],
      resolve: async () => [{ address, family: 4 }],
      maxAttempts: 3,
      timeoutMs: 300,
    })
    const { task } = await test.send('ask', { url: `http://rebind.example:${port}/` })
    expect(task.id).toBeDefined()
    address = '127.0.0.1'
    const end = Date.now() + 5_000
    while (test.owed() > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    expect([webhook.received.length, test.owed()]).toEqual([0, 0])
    expect(test.logs.find(({ level }) => level === 'warn')?.fields.reason).toMatch(/may not be called|in time/)
  })

  it('of a name with one bad address among good ones', async () => {
    await using webhook = await startWebhook()
    const { port } = new URL(webhook.url)
    let isBad = false
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      ...(isBad ? [{ address: '::ffff:127.0.0.1', family: 6 }] : []),
    ]
    await using test = startApp({
      allow: [],
      allowHttp: true,
      ports: [Number(port)],
      resolve,
      maxAttempts: 1,
      timeoutMs: 300,
    })
    isBad = true
    await test.peer.refused(refusals.invalidParams, 'SendMessage', {
      message: message('ask'),
      configuration: { taskPushNotificationConfig: { url: `http://rebind.example:${port}/` } },
    })
    isBad = false
    await test.send('ask', { url: `http://rebind.example:${port}/` })
    isBad = true
    const end = Date.now() + 5_000
    while (test.owed() > 0 && Date.now() < end) await new Promise((resolve_) => setTimeout(resolve_, 5))
    expect(webhook.received).toEqual([])
  })
})
