import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { deferred, failureCode, type Harness, harness } from '../../test/harness'
import { PfError } from '../error/pf-error'
import type { StoredTask } from '../port/run-store'
import { anonymous } from '../port/scope'
import { reply } from '../reply/reply'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import type { RunContext } from './run-context'

/** A handler that waits until its signal aborts, or for ever. */
const waiting = (seen: { reason?: unknown; signal?: AbortSignal } = {}, ignores = false) => ({
  async onMessage(_message: unknown, context: RunContext) {
    await context.startTask()
    seen.signal = context.signal
    await new Promise<void>((_, reject) => {
      context.signal.addEventListener('abort', () => {
        seen.reason = context.signal.reason as unknown
        if (!ignores) reject(context.signal.reason as Error)
      })
    })
  },
})

async function begun(test: Harness): Promise<{ run: ReturnType<Harness['submit']>; taskId: string }> {
  const run = test.submit('x', {}, { asTask: true })
  const { task } = await test.clock.until(run.started)
  // Until the handler waits.
  await test.clock.settle()
  return { run, taskId: task?.key.taskId as string }
}

const state = (stored: { task?: StoredTask | undefined } | StoredTask | undefined): string | undefined =>
  stored === undefined ? undefined : 'key' in stored ? stored.task.status.state : stored.task?.task.status.state

describe.each([
  ['heeds its signal', false],
  ['ignores its signal', true],
])('a run that %s', (_, ignores) => {
  it('is ended by runtime.cancel in the same process', async () => {
    const seen: { reason?: unknown } = {}
    const test = harness(waiting(seen, ignores))
    const { run, taskId } = await begun(test)
    expect(state(await test.runtime.cancel(taskId, anonymous))).toBe('canceled')
    expect(state(await run.outcome)).toBe('canceled')
    expect(seen.reason).toMatchObject({ code: 'PF_RUN_CANCELED' })
    expect(test.load(taskId)?.lease).toBeUndefined()
    expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
  })

  it('is ended by the caller that submitted it', async () => {
    const test = harness(waiting({}, ignores))
    const { run, taskId } = await begun(test)
    run.cancel()
    expect(state(await run.outcome)).toBe('canceled')
    expect(state(test.load(taskId))).toBe('canceled')
    run.cancel()
  })

  it('is ended through the shared store, within the interval of the watch', async () => {
    const seen: { reason?: unknown } = {}
    const test = harness(waiting(seen, ignores), { runtime: { watchMs: 1_000 } })
    const { run, taskId } = await begun(test)
    await test.clock.advance(300)
    const canceled = await test.peer().cancel(taskId, anonymous)
    expect(state(canceled)).toBe('canceled')
    expect(seen.reason).toBeUndefined()
    await test.clock.advance(700)
    expect(seen.reason).toMatchObject({ code: 'PF_RUN_CANCELED' })
    expect((await run.outcome).task).toEqual(canceled)
    expect(test.load(taskId)).toEqual(canceled)
    expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
  })
})

it('a cancel elsewhere is noticed at once by a run that commits', async () => {
  let context: RunContext | undefined
  const test = harness({
    async onMessage(_message, ctx) {
      context = ctx
      await ctx.startTask()
      await new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error)))
    },
  })
  const { run, taskId } = await begun(test)
  const canceled = await test.peer().cancel(taskId, anonymous)
  context?.emit({ type: 'custom', name: 'more', value: 1 })
  await test.clock.settle()
  expect(context?.signal.aborted).toBe(true)
  expect((await run.outcome).task).toEqual(canceled)
  // What comes after the end is nobody's business, and changes nothing.
  context?.emit({ type: 'custom', name: 'even more', value: 1 })
  context?.state.task.set('k', 1)
  await test.clock.settle()
  expect(test.load(taskId)).toEqual(canceled)
})

it('closes the questions of a task that waits, and tells so', async () => {
  const test = harness({
    onMessage: () =>
      reply.inputsRequired([
        { prompt: 'a', slot: 'a' },
        { prompt: 'b', slot: 'b' },
      ]),
  })
  const { key } = await test.sendTask()
  const canceled = await test.runtime.cancel(key.taskId, anonymous)
  expect(state(canceled)).toBe('canceled')
  expect(canceled.facts.interrupts?.map((one) => one.status)).toEqual(['canceled', 'canceled'])
  expect(canceled.facts.checkpoint).toBeUndefined()
  expect(test.stores.runStore.read(canceled.key, canceled.lastSeq - 2)?.map(({ event }) => event.type)).toEqual([
    'interrupt-end',
    'interrupt-end',
    'status',
  ])
  expect(await test.runtime.cancel(key.taskId, anonymous)).toEqual(canceled)
  await expect(test.send('x', { taskId: key.taskId })).rejects.toMatchObject({ code: 'PF_TASK_TERMINAL' })
})

it.each<[string, () => ReturnType<typeof reply.text>, string]>([
  ['completed', () => reply.completed(), 'completed'],
  ['rejected', () => reply.rejected('no'), 'rejected'],
  ['failed', () => reply.failed('no'), 'failed'],
])('a task that is %s can not be canceled', async (_, onMessage, is) => {
  const test = harness({ onMessage })
  const done = await test.sendTask()
  await expect(test.runtime.cancel(done.key.taskId, anonymous)).rejects.toMatchObject({
    code: 'PF_TASK_NOT_CANCELABLE',
    details: { state: is },
  })
  expect(test.load(done.key.taskId)).toEqual(done)
})

it('a message that never became a task is refused, and nothing is kept of it', async () => {
  const gate = deferred()
  const test = harness({
    onMessage: async () => {
      await gate.promise
      return 'late'
    },
  })
  const run = test.submit('x', { contextId: 'c' })
  run.cancel()
  await expect(run.outcome).rejects.toMatchObject({ code: 'PF_RUN_CANCELED' })
  gate.resolve()
  await test.clock.settle()
  expect(test.stores.conversation.read({ tenant: '', principalId: 'anonymous' }, 'c')).toEqual([])
  expect(test.clock.pending).toBe(0)
})

it('a cancel before a follow-up has begun leaves the question open', async () => {
  let calls = 0
  const gate = deferred()
  let isSlow = false
  const test = harness(
    {
      onMessage: () => {
        calls++
        return reply.inputRequired({ prompt: '?' })
      },
    },
    {
      wrapStore: (store) =>
        createFaultyRunStore(store, {
          async before(method) {
            if (isSlow && method === 'load') await gate.promise
          },
        }),
    },
  )
  const asked = await test.sendTask()
  isSlow = true
  const run = test.submit('x', { taskId: asked.key.taskId })
  run.cancel()
  gate.resolve()
  await expect(run.outcome).rejects.toMatchObject({ code: 'PF_RUN_CANCELED' })
  expect([calls, test.load(asked.key.taskId)?.version]).toEqual([1, asked.version])
})

it('a cancel during the commit that takes the answers ends the run before the handler is called', async () => {
  let calls = 0
  const gate = deferred()
  let commits = 0
  const test = harness(
    {
      onMessage: (_m, { slots }) => {
        calls++
        return slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : 'done'
      },
    },
    {
      wrapStore: (store) =>
        createFaultyRunStore(store, {
          async before(method) {
            if (method === 'commit' && ++commits === 2) await gate.promise
          },
        }),
    },
  )
  const { key } = await test.sendTask()
  const run = test.submit('x', { taskId: key.taskId })
  await test.clock.settle()
  run.cancel()
  gate.resolve()
  expect(state(await test.clock.until(run.outcome))).toBe('canceled')
  expect(calls).toBe(1)
})

it('a cancel that comes while the result is being stored comes too late', async () => {
  const gate = deferred()
  let commits = 0
  const test = harness(
    {
      onMessage: async (_m, context) => {
        await context.startTask()
        await null
        return 'done'
      },
    },
    {
      wrapStore: (store) =>
        createFaultyRunStore(store, {
          async before(method) {
            if (method === 'commit' && ++commits === 2) await gate.promise
          },
        }),
    },
  )
  const run = test.submit()
  await test.clock.settle()
  const taskId = test.stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 1 }).tasks[0]
    ?.key.taskId as string
  const canceling = test.runtime.cancel(taskId, anonymous)
  await test.clock.settle()
  gate.resolve()
  await expect(canceling).rejects.toMatchObject({ code: 'PF_TASK_NOT_CANCELABLE' })
  expect(state(await run.outcome)).toBe('completed')
})

it('aborts what the handler started, through one signal that is left without listeners', async () => {
  const seen: { signal?: AbortSignal } = {}
  const test = harness(waiting(seen))
  const { run } = await begun(test)
  run.cancel()
  await run.outcome
  expect(seen.signal?.aborted).toBe(true)
  expect(PfError.is(seen.signal?.reason, 'PF_RUN_CANCELED')).toBe(true)
  expect(getEventListeners(seen.signal as AbortSignal, 'abort').length).toBeLessThanOrEqual(1)
})

it('says that the store failed where a cancel can not be stored', async () => {
  let broken = false
  const test = harness(
    { onMessage: () => reply.inputRequired({ prompt: '?' }) },
    {
      wrapStore: (store) =>
        createFaultyRunStore(store, {
          before(method) {
            if (broken && method === 'commit') throw new PfError('PF_STORE_UNAVAILABLE')
          },
        }),
    },
  )
  const { key } = await test.sendTask()
  broken = true
  await expect(test.runtime.cancel(key.taskId, anonymous)).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
  broken = false
  expect(state(await test.runtime.cancel(key.taskId, anonymous))).toBe('canceled')
  expect(failureCode(test.load(key.taskId) as StoredTask)).toBeUndefined()
})
