import { describe, expect, it } from 'vitest'
import { artifactTexts, deferred, failureCode, type Harness, harness, statusText } from '../../test/harness'
import { expectNothingUnhandled } from '../../test/unhandled'
import type { HandlerResult } from '../agent/skill'
import { PfError } from '../error/pf-error'
import type { RunEvent } from '../event/run-event'
import { anonymous } from '../port/scope'
import { reply } from '../reply/reply'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import type { RunContext } from './run-context'

expectNothingUnhandled()

const handling = (handler: (context: RunContext) => HandlerResult, options?: Parameters<typeof harness>[1]): Harness =>
  harness({ onMessage: (_message, context) => handler(context) }, options)

const boom = (): never => {
  throw new Error('boom sk-secret')
}

describe('a handler that throws', () => {
  it.each<[string, (context: RunContext) => HandlerResult, string[]]>([
    ['at once', boom, []],
    [
      'later',
      async () => {
        await null
        boom()
      },
      [],
    ],
    [
      'having emitted',
      (context) => {
        context.emit({ type: 'text-delta', messageId: 'm', delta: 'half' })
        return boom()
      },
      ['half'],
    ],
    [
      'having begun a task',
      async (context) => {
        await context.startTask()
        boom()
      },
      [],
    ],
    [
      'having stored some',
      async (context) => {
        context.emit({ type: 'text-delta', messageId: 'm', delta: 'half' })
        await context.flush()
        boom()
      },
      ['half'],
    ],
    [
      'in a generator, at once',
      async function* () {
        boom()
        yield 'x'
      },
      [],
    ],
    [
      'in a generator, mid-way',
      async function* () {
        yield 'a'
        yield 'b'
        boom()
      },
      ['ab'],
    ],
    [
      'in a generator, behind a commit',
      async function* (context) {
        yield 'a'
        await context.flush()
        boom()
      },
      ['a'],
    ],
    [
      'in a generator that a promise gives',
      async () =>
        (async function* () {
          yield 'a'
          boom()
        })(),
      ['a'],
    ],
    ['in an iterator of its own', () => ({ [Symbol.asyncIterator]: () => ({ next: boom }) }), []],
    ['making its iterator', () => ({ [Symbol.asyncIterator]: boom }), []],
    [
      'something that is no error',
      () => {
        throw 'boom sk-secret' as unknown as Error
      },
      [],
    ],
    ['nothing', () => Promise.reject(undefined as unknown as Error), []],
  ])('%s fails the task, tells nothing of it to the caller, and all to the log', async (_, handler, texts) => {
    for (const wrapStore of [undefined, createFaultyRunStore]) {
      const test = handling(handler, wrapStore === undefined ? {} : { wrapStore: (store) => wrapStore(store) })
      const stored = await test.sendTask()
      expect([stored.task.status.state, failureCode(stored), statusText(stored), artifactTexts(stored)]).toEqual([
        'failed',
        'PF_INTERNAL',
        'The agent failed.',
        texts,
      ])
      expect(JSON.stringify(stored)).not.toContain('secret')
      expect(stored.lease).toBeUndefined()
      expect(test.load(stored.key.taskId)).toEqual(stored)
      expect(test.logs).toMatchObject([
        { level: 'error', message: 'A handler threw.', fields: { taskId: stored.key.taskId } },
      ])
      expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
    }
  })

  it('a lack of memory has a code of its own, whatever it was thrown as', async () => {
    for (const lack of ['out of memory', new PfError('PF_STORE_UNAVAILABLE', undefined, { cause: 'out of memory' })]) {
      const test = handling(() => {
        throw lack
      })
      const stored = await test.sendTask()
      expect([stored.task.status.state, failureCode(stored), statusText(stored)]).toEqual([
        'failed',
        'PF_GUEST_MEMORY',
        'The agent failed.',
      ])
      expect(test.logs).toMatchObject([
        { level: 'error', fields: { code: 'PF_GUEST_MEMORY', cause: expect.stringContaining('out of memory') } },
      ])
    }
  })

  it('a throw is logged with its message, though its stack has none, and without the secrets in it', async () => {
    const error = new TypeError('boom', { cause: new Error('underneath') })
    error.stack = 'handle@agent.js:1:2\n'
    const test = handling(() => {
      throw error
    })
    await test.sendTask()
    expect(test.logs).toMatchObject([
      {
        fields: {
          error: expect.stringMatching(/^TypeError: boom\n {4}at handle@agent\.js:1:2\nCaused by: Error: und/),
        },
      },
    ])
  })

  it('an error of ours tells its code, and its sentence where it was written for callers', async () => {
    const told = async (error: PfError) => {
      const stored = await handling(() => {
        throw error
      }).sendTask()
      return [failureCode(stored), statusText(stored)]
    }
    expect(await told(new PfError('PF_OUTBOUND_DENIED', 'Calls to http://x are not allowed.'))).toEqual([
      'PF_OUTBOUND_DENIED',
      'Calls to http://x are not allowed.',
    ])
    expect(await told(new PfError('PF_HTTP_FAILED', 'https://api?key=sk-1 said 500'))).toEqual([
      'PF_HTTP_FAILED',
      'The agent failed.',
    ])
  })

  it('while nobody listens: neither promise is looked at', async () => {
    const test = handling(boom)
    test.submit()
    test.submit('x', {}, { asTask: true })
    test.submit('x', { taskId: 'none' }, { asTask: true, waitUntil() {} })
    test.submit('x', { metadata: { 'urn:pf-agents:a2a:skill:v1': 'none' } })
    test.submit('x', { metadata: { 'urn:pf-agents:a2a:skill:v1': 'none' } }, { asTask: true })
    await test.clock.settle()
    expect(test.runtime.activeRuns).toBe(0)
  })

  it('long after its run was over', async () => {
    const gate = deferred<never>()
    const test = handling(async () => gate.promise, { runtime: { deadlineMs: 100 } })
    const stored = await test.sendTask()
    expect(failureCode(stored)).toBe('PF_RUN_TIMEOUT')
    gate.reject(new Error('too late'))
    await test.clock.settle()
    expect(test.load(stored.key.taskId)).toEqual(stored)
  })
})

describe('a handler that streams', () => {
  const events = (test: Harness, taskId: string): string[] =>
    test.stores.runStore
      .read({ tenant: '', principalId: 'anonymous', taskId }, 1)
      ?.map(({ event }) => (event.type === 'status' ? event.status.state : event.type)) ?? []

  it('strings are one text: an artifact of the task, a message of the conversation', async () => {
    const test = handling(async function* () {
      yield 'Hel'
      yield ''
      yield 'lo'
    })
    const stored = await test.sendTask('hi', { contextId: 'c' })
    expect(artifactTexts(stored)).toEqual(['Hello'])
    expect(events(test, stored.key.taskId)).toEqual([
      'message',
      'working',
      'text-start',
      'text-delta',
      'text-delta',
      'text-delta',
      'text-end',
      'completed',
    ])
    const { artifactId } = stored.task.artifacts[0]!
    expect(test.stores.conversation.read({ tenant: '', principalId: 'anonymous' }, 'c')).toMatchObject([
      { role: 'user' },
      { role: 'agent', messageId: artifactId, parts: [{ text: 'Hello' }], taskId: stored.key.taskId },
    ])
  })

  it('events are taken as they are, and a reply ends it: yielded or returned', async () => {
    const step: RunEvent = { type: 'step-start', name: 's' }
    for (const handler of [
      async function* () {
        yield step
        yield reply.artifact({ parts: [{ text: 'result' }] })
        yield 'never'
      },
      async function* () {
        yield step
        return reply.artifact({ parts: [{ text: 'result' }] })
      },
    ] as (() => AsyncIterable<string>)[]) {
      const test = handling(handler)
      const stored = await test.sendTask()
      expect(artifactTexts(stored)).toEqual(['result'])
      expect(events(test, stored.key.taskId)).toEqual(['message', 'working', 'step-start', 'artifact', 'completed'])
    }
  })

  it('text and a question: the text stays, the task waits', async () => {
    const test = handling(async function* (context) {
      if (context.slots.day === undefined) {
        yield 'Let me see. '
        yield reply.inputRequired({ prompt: 'Which day?', slot: 'day' })
      } else yield `${context.slots.day} it is.`
    })
    const asked = await test.sendTask()
    expect([asked.task.status.state, artifactTexts(asked)]).toEqual(['input-required', ['Let me see. ']])
    const done = await test.sendTask('Monday', { taskId: asked.key.taskId })
    expect(artifactTexts(done)).toEqual(['Let me see. ', 'Monday it is.'])
  })

  it('nothing at all completes the task', async () => {
    expect((await handling(async function* () {}).sendTask()).task.status.state).toBe('completed')
  })

  it('is let go where it ends early: by a reply, by a throw of the runtime, by a cancel', async () => {
    for (const [how, state] of [
      ['reply', 'completed'],
      ['bad event', 'failed'],
      ['cancel', 'canceled'],
    ] as const) {
      let returned = 0
      const test: Harness = handling(async function* (context) {
        try {
          yield 'begun'
          if (how === 'reply') yield reply.completed()
          else if (how === 'bad event') yield { type: 'status', status: { state: 'completed', timestamp: '' } }
          else {
            void test.runtime.cancel((await context.startTask()).id, anonymous)
            for (;;) {
              await new Promise<void>((resolve) => test.clock.after(1, resolve))
              yield 'more'
            }
          }
        } finally {
          returned++
        }
      })
      expect((await test.sendTask()).task.status.state).toBe(state)
      await test.clock.run()
      expect(returned).toBe(1)
    }
  })

  it.each<[string, () => AsyncIterator<string>]>([
    ['never yields, and has no return', () => ({ next: () => new Promise(() => {}) })],
    [
      'never yields, and whose return never settles',
      () => ({ next: () => new Promise(() => {}), return: () => new Promise(() => {}) }),
    ],
    ['whose return throws', () => ({ next: () => new Promise(() => {}), return: boom })],
    ['whose return rejects', () => ({ next: () => new Promise(() => {}), return: async () => boom() })],
    ['yields for ever', () => ({ next: async () => ({ value: 'x', done: false }) })],
  ])('is ended at its deadline where it %s', async (_, iterator) => {
    const test = handling(() => ({ [Symbol.asyncIterator]: iterator }), {
      runtime: { deadlineMs: 5 },
      ...(_ === 'yields for ever' && { bindings: [] }),
    })
    const run = test.submit()
    if (_ === 'yields for ever') run.cancel()
    else await test.clock.advance(5)
    const { task } = await run.outcome
    expect(task?.task.status.state).toBe(_ === 'yields for ever' ? 'canceled' : 'failed')
    expect(test.clock.pending).toBe(0)
  })

  it('that yields what is no event fails the task', async () => {
    expect(
      failureCode(
        await handling(async function* () {
          yield 7 as unknown as string
        }).sendTask(),
      ),
    ).toBe('PF_CONFIG_INVALID')
    expect(
      failureCode(
        await handling(async function* () {
          yield undefined as unknown as string
        }).sendTask(),
      ),
    ).toBe('PF_CONFIG_INVALID')
  })
})

describe('startTask', () => {
  it('is there for others from then on: it can be read and canceled', async () => {
    let taskId = ''
    const test = handling(
      async (context) => {
        const task = await context.startTask()
        taskId = task.id
        expect(test.load(task.id)?.task).toEqual(task)
        expect(await context.startTask()).toBe(context.task)
        await new Promise(() => {})
      },
      { wrapStore: (store) => createFaultyRunStore(store) },
    )
    const run = test.submit()
    await test.clock.settle()
    expect((await test.runtime.cancel(taskId, anonymous)).task.status.state).toBe('canceled')
    expect((await run.outcome).task?.task.status.state).toBe('canceled')
  })

  it('is told where the task can not be stored', async () => {
    const seen: unknown[] = []
    const test = handling(
      async (context) => {
        await context.startTask().catch((error: unknown) => seen.push(error))
        return 'x'
      },
      {
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            before(method) {
              if (method === 'commit') throw new PfError('PF_STORE_FULL', 'full', { retryAfterMs: 1000 })
            },
          }),
      },
    )
    await expect(test.send()).rejects.toMatchObject({ code: 'PF_STORE_FULL', retryAfterMs: 1000 })
    expect(seen).toMatchObject([{ code: 'PF_STORE_FULL' }])
  })

  it('refuses once the run is over', async () => {
    let context: RunContext | undefined
    const test = handling((ctx) => {
      context = ctx
      return 'direct'
    })
    await test.send()
    await expect(context?.startTask()).rejects.toMatchObject({ code: 'PF_LEASE_LOST' })
    context?.state.task.set('k', 1)
    context?.emit({ type: 'custom', name: 'n', value: 1 })
    await test.clock.settle()
    expect(test.stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 1 }).total).toBe(0)
  })
})
