import { describe, expect, it } from 'vitest'
import type { PushNotification } from './notification'
import { createPushReceiver, type PushReceiverOptions } from './push-receiver'

const bearer = { scheme: 'Bearer', credentials: 's3cret' }
const headers = { 'content-type': 'application/a2a+json', authorization: 'Bearer s3cret' }
const status = (state = 'TASK_STATE_WORKING', taskId = 't') => ({
  statusUpdate: { taskId, contextId: 'c', status: { state, timestamp: '2026-01-01T00:00:00.000Z' } },
})
const chunk = (text: string) => ({
  artifactUpdate: { taskId: 't', contextId: 'c', artifact: { artifactId: 'a', parts: [{ text }] }, append: true },
})

function receiver(options: Partial<PushReceiverOptions> = {}) {
  const taken: PushNotification[] = []
  const logs: unknown[] = []
  const made = createPushReceiver({
    authentication: bearer,
    isOwnTask: (taskId) => taskId === 't',
    onNotification: (notification) => void taken.push(notification),
    logger: { log: (...line) => void logs.push(line) },
    ...options,
  })
  const post = async (body: unknown, more: Record<string, string> = {}, init: RequestInit = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const merged = Object.fromEntries(Object.entries({ ...headers, ...more }).filter(([, value]) => value !== ''))
    const response = await made.handle(
      new Request('https://hooks.example/', { method: 'POST', headers: merged, body: text, ...init }),
    )
    return response.status
  }
  return { ...made, taken, logs, post }
}

describe('a push receiver', () => {
  it('hands on what is good', async () => {
    const { post, taken } = receiver()
    expect(await post(status(), { 'x-a2a-notification-id': 'n-1' })).toBe(204)
    expect(await post(status('TASK_STATE_COMPLETED'), { 'content-type': 'application/json; charset=utf-8' })).toBe(204)
    expect(taken).toMatchObject([
      { taskId: 't', id: 'n-1', update: { statusUpdate: { status: { state: 'working' } } } },
      { taskId: 't', id: undefined, update: { statusUpdate: { status: { state: 'completed' } } } },
    ])
  })

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Bearer s3cre',
    'Bearer s3crets',
    'Basic s3cret',
    's3cret',
    'Bearer S3CRET',
  ])('refuses the credentials %j before it reads anything', async (authorization) => {
    let isRead = false
    const { handle, taken } = receiver()
    const body = new ReadableStream(
      {
        pull() {
          isRead = true
        },
      },
      { highWaterMark: 0 },
    )
    const init = { method: 'POST', body, duplex: 'half', headers: { ...headers, authorization } }
    const response = await handle(new Request('https://hooks.example/', init as RequestInit))
    expect([response.status, response.headers.get('www-authenticate'), isRead, taken.length]).toEqual([
      401,
      'Bearer',
      false,
      0,
    ])
  })

  it('takes any of several credentials and tokens, and asks for both kinds where both are given', async () => {
    const { post } = receiver({
      authentication: [bearer, { scheme: 'Bearer', credentials: 'old' }],
      token: ['new', 'tok'],
    })
    expect(await post(status())).toBe(401)
    expect(await post(status(), { 'x-a2a-notification-token': 'tok' })).toBe(204)
    expect(await post(chunk('a'), { 'x-a2a-notification-token': 'new', authorization: 'bearer old' })).toBe(204)
    expect(await post(status(), { 'x-a2a-notification-token': 'tok', authorization: '' })).toBe(401)
    const tokenOnly = receiver({ authentication: undefined, token: 'tok' })
    expect(await tokenOnly.post(status(), { 'x-a2a-notification-token': 'tok', authorization: '' })).toBe(204)
    expect(await tokenOnly.post(status(), { 'x-a2a-notification-token': '', authorization: '' })).toBe(401)
  })

  it('is not made without either', () => {
    expect(() => createPushReceiver({ isOwnTask: () => true })).toThrow(
      expect.objectContaining({ code: 'PF_CONFIG_INVALID' }),
    )
    expect(() => createPushReceiver({ isOwnTask: () => true, token: [] })).toThrow('anybody could send')
  })

  it('reads strictly', async () => {
    const { post, taken, handle } = receiver({ maxBytes: 2_000 })
    for (const body of [
      '',
      '{',
      'null',
      '[]',
      '{}',
      { ...status(), task: {} },
      { statusUpdate: { taskId: 't' } },
      status('TASK_STATE_DREAMING'),
      { kind: 'task', id: 't' },
      '['.repeat(500),
      { message: { messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'x' }] } },
    ]) {
      expect([body, await post(body)]).toEqual([body, 400])
    }
    expect(await post(status(), { 'content-type': 'text/plain' })).toBe(415)
    expect(await post({ ...status(), more: 'x'.repeat(3_000) })).toBe(413)
    expect((await handle(new Request('https://hooks.example/', { headers }))).status).toBe(405)
    expect(taken).toEqual([])
  })

  it('does not know tasks of others, and lets their notifications come again', async () => {
    const known = new Set<string>()
    const { post, taken } = receiver({ isOwnTask: async (taskId) => known.has(taskId) })
    expect(await post(status(), { 'x-a2a-notification-id': '1' })).toBe(404)
    known.add('t')
    expect(await post(status(), { 'x-a2a-notification-id': '1' })).toBe(204)
    expect(taken).toHaveLength(1)
  })

  it('drops what comes again: by its id, or being the same where that can not be meant twice', async () => {
    const { post, taken } = receiver()
    for (let count = 0; count < 2; count++) {
      await post(chunk('a'), { 'x-a2a-notification-id': '1' })
      await post(status())
      await post({ task: { id: 't', status: { state: 'TASK_STATE_WORKING' } } })
    }
    expect(taken).toHaveLength(3)
    // Two equal chunks without an id may well be two.
    await post(chunk('b'))
    await post(chunk('b'))
    expect(taken).toHaveLength(5)
    await post(chunk('a'), { 'x-a2a-notification-id': '2' })
    expect(taken).toHaveLength(6)
  })

  it('remembers so many, of each task its own', async () => {
    const { post, taken } = receiver({ remember: 2, isOwnTask: () => true })
    const send = (id: string, taskId = 't') =>
      post(status('TASK_STATE_WORKING', taskId), { 'x-a2a-notification-id': id })
    for (const id of ['1', '2', '2', '3', '1']) await send(id)
    expect(taken.map(({ id }) => id)).toEqual(['1', '2', '3', '1'])
    await send('1', 'other')
    expect(taken).toHaveLength(5)
  })

  it('lets what could not be taken come again, and says so in the log', async () => {
    let failures = 1
    const { post, logs, taken } = receiver({
      onNotification(notification) {
        if (failures-- > 0) throw new Error('queue is down')
        taken.push(notification)
      },
    })
    expect(await post(status())).toBe(503)
    expect(await post(status())).toBe(204)
    expect(taken).toHaveLength(1)
    expect(logs).toEqual([
      ['error', 'A push notification could not be taken.', { taskId: 't', error: 'Error: queue is down' }],
    ])
    const failing = receiver({ isOwnTask: () => Promise.reject(new Error('no database')) })
    expect(await failing.post(status())).toBe(503)
    expect(failing.logs).toHaveLength(1)
  })

  it('answers what comes again meanwhile when the first is done, with the same', async () => {
    let finish = (): void => {}
    const { post, taken } = receiver({
      async onNotification(notification) {
        taken.push(notification)
        await new Promise<void>((resolve) => (finish = resolve))
      },
    })
    const answers = [post(status()), post(status())]
    await expect.poll(() => taken).toHaveLength(1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(taken).toHaveLength(1)
    finish()
    expect(await Promise.all(answers)).toEqual([204, 204])
  })
})

describe('the iterator of a push receiver', () => {
  it('gives what came, in order, and waits for what comes', async () => {
    const { post, notifications } = receiver({ onNotification: undefined })
    await post(chunk('1'))
    const read: unknown[] = []
    const reading = (async () => {
      for await (const { update } of notifications()) {
        read.push('artifactUpdate' in update ? update.artifactUpdate.artifact.parts[0]?.text : update)
        if (read.length === 3) break
      }
    })()
    await post(chunk('2'))
    await post(chunk('3'))
    await reading
    expect(read).toEqual(['1', '2', '3'])
    // The loop was left: whoever comes now comes again.
    expect(await post(chunk('4'))).toBe(503)
  })

  it('holds no more than so many, and lets the rest come again', async () => {
    const { handle, post, notifications } = receiver({ onNotification: undefined, maxQueued: 2 })
    expect([await post(chunk('1')), await post(chunk('2')), await post(chunk('3'))]).toEqual([204, 204, 503])
    const refused = await handle(
      new Request('https://hooks.example/', { method: 'POST', headers, body: JSON.stringify(chunk('3')) }),
    )
    expect(refused.headers.get('retry-after')).toBe('5')
    const iterator = notifications()
    await iterator.next()
    expect(await post(chunk('3'))).toBe(204)
  })

  it('ends when the receiver is closed', async () => {
    const { close, notifications } = receiver({ onNotification: undefined })
    const next = notifications().next()
    close()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(await notifications().next()).toEqual({ done: true, value: undefined })
  })

  it('is for one reader', async () => {
    const { notifications, close } = receiver({ onNotification: undefined })
    const first = notifications().next()
    await expect(notifications().next()).rejects.toMatchObject({ code: 'PF_CONFIG_INVALID' })
    close()
    await first
  })
})
