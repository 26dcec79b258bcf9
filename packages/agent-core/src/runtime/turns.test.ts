import { describe, expect, it } from 'vitest'
import { deferred, failureCode, harness } from '../../test/harness'
import type { StoredTask } from '../port/run-store'
import { anonymous } from '../port/scope'
import { reply } from '../reply/reply'
import { Turns, type Waiting } from './turns'

/** A handler that works until its message is let go, and counts who works at the same time. */
function gated(): {
  agent: { onMessage: (message: { text: string }) => Promise<string> }
  open: (text: string) => void
  order: string[]
  most: () => number
} {
  const gates = new Map<string, ReturnType<typeof deferred<void>>>()
  const order: string[] = []
  let now = 0
  let most = 0
  const gate = (text: string) => {
    const found = gates.get(text) ?? deferred<void>()
    gates.set(text, found)
    return found
  }
  return {
    order,
    most: () => most,
    open: (text) => gate(text).resolve(),
    agent: {
      async onMessage({ text }) {
        order.push(text)
        most = Math.max(most, ++now)
        await gate(text).promise
        now--
        return text
      },
    },
  }
}

const inContext = { contextId: 'c' }
const busy = { code: 'PF_BUSY', retryable: true, retryAfterMs: 1000 }

describe('queue', () => {
  it('lets one run at a time into a context, in order; others go their way', async () => {
    const { agent, open, order, most } = gated()
    const test = harness(agent)
    const runs = ['1', '2', '3'].map((text) => test.submit(text, inContext).outcome)
    const other = test.submit('other', { contextId: 'd' }).outcome
    const another = test.submit('principal', inContext, { principal: { id: 'bob' } }).outcome
    await test.clock.settle()
    expect(order).toEqual(['1', 'other', 'principal'])
    for (const text of ['3', '2', 'other', 'principal', '1']) open(text)
    const texts = (await Promise.all([...runs, other, another])).map((one) => one.message?.parts[0]?.text)
    expect(texts).toEqual(['1', '2', '3', 'other', 'principal'])
    expect(order.filter((text) => /\d/.test(text))).toEqual(['1', '2', '3'])
    expect(most()).toBe(3)
  })

  it('takes 16 that wait, then says busy; room that comes free is taken', async () => {
    const { agent, open } = gated()
    const test = harness(agent)
    const runs = Array.from({ length: 17 }, (_, index) => test.submit(`${index}`, inContext).outcome)
    await expect(test.submit('17', inContext).outcome).rejects.toMatchObject(busy)
    expect(test.runtime.activeRuns).toBe(17)
    open('0')
    await runs[0]
    const late = test.submit('late', inContext).outcome
    await expect(test.submit('too late', inContext).outcome).rejects.toMatchObject(busy)
    for (let index = 1; index < 17; index++) open(`${index}`)
    open('late')
    expect((await late).message?.parts[0]?.text).toBe('late')
    expect(test.runtime.activeRuns).toBe(0)
  })

  it('has the bound it is given', async () => {
    const { agent, open } = gated()
    const test = harness(agent, { runtime: { concurrency: { whenBusy: 'queue', queueLimit: 1 } } })
    const runs = [test.submit('1', inContext).outcome, test.submit('2', inContext).outcome]
    await expect(test.submit('3', inContext).outcome).rejects.toMatchObject(busy)
    open('1')
    open('2')
    await Promise.all(runs)
  })

  it('also holds in a context that the runtime named itself, and for follow-ups', async () => {
    const gate = deferred()
    const test = harness({
      async onMessage(_message, context) {
        await context.startTask()
        if (context.slots.answer !== undefined) return reply.text('done')
        await gate.promise
        return reply.inputRequired({ prompt: '?' })
      },
    })
    const first = test.submit('x', {}, { asTask: true })
    const { task } = await first.started
    const { contextId } = task?.task ?? {}
    const order: string[] = []
    const next = test
      .submit('follow-up', { taskId: task?.key.taskId as string })
      .outcome.then((one) => order.push(`follow-up ${one.task?.task.status.state}`))
    await test.clock.settle()
    expect(test.load(task?.key.taskId as string)?.task.status.state).toBe('working')
    void first.outcome.then(() => order.push('first'))
    expect(contextId).toBeDefined()
    gate.resolve()
    await next
    // It came in before the question.
    expect(order).toEqual(['first', 'follow-up input-required'])
  })

  it('goes on behind a run that failed, was canceled or was refused', async () => {
    const test = harness({
      onMessage: async ({ text }) => {
        await null
        if (text === 'boom') throw new Error('boom')
        return text
      },
    })
    const outcomes = [
      test.submit('boom', inContext).outcome,
      test.submit('nobody', { ...inContext, metadata: { 'urn:pf-agents:a2a:skill:v1': 'none' } }).outcome,
      test.submit('fine', inContext).outcome,
    ]
    const [failed, refused, fine] = await Promise.allSettled(outcomes)
    expect(failed).toMatchObject({ value: { task: { task: { status: { state: 'failed' } } } } })
    expect(refused).toMatchObject({ reason: { code: 'PF_SKILL_UNKNOWN' } })
    expect(fine).toMatchObject({ value: { message: { parts: [{ text: 'fine' }] } } })
  })

  it('is left by a message that is canceled while it waits, and its place is free', async () => {
    const { agent, open, order } = gated()
    const test = harness(agent, { runtime: { concurrency: { whenBusy: 'queue', queueLimit: 1 } } })
    const first = test.submit('1', inContext).outcome
    const second = test.submit('2', inContext)
    second.cancel()
    await expect(second.outcome).rejects.toMatchObject({ code: 'PF_RUN_CANCELED' })
    const third = test.submit('3', inContext).outcome
    open('1')
    open('3')
    await Promise.all([first, third])
    expect(order).toEqual(['1', '3'])
  })

  it('is left by a message whose deadline passes while it waits', async () => {
    const { agent, open, order } = gated()
    const test = harness(agent)
    const first = test.submit('1', inContext).outcome
    const second = test.submit('2', inContext, { deadline: test.clock.now() + 500 }).outcome
    const third = test.submit('3', inContext, { deadline: test.clock.now() + 5_000 }).outcome
    await test.clock.advance(500)
    await expect(second).rejects.toMatchObject({ code: 'PF_RUN_TIMEOUT' })
    open('1')
    open('3')
    await Promise.all([first, third])
    expect(order).toEqual(['1', '3'])
    expect(test.clock.pending).toBe(0)
  })
})

it('whoever can not wait is told that the context is busy, where others wait', async () => {
  const { agent, open } = gated()
  const test = harness(agent)
  const first = test.submit('1', inContext, { asTask: true })
  const { task } = await first.started
  for (const where of [inContext, { taskId: task?.key.taskId as string }])
    await expect(test.submit('2', where, { whenBusy: 'reject' }).started).rejects.toMatchObject({ code: 'PF_BUSY' })
  const third = test.submit('3', inContext)
  open('1')
  open('3')
  await first.outcome
  expect((await third.outcome).message?.parts[0]?.text).toBe('3')
})

it('a turn that is ended twice is ended once', async () => {
  const turns = new Turns({ whenBusy: 'queue' })
  const first = turns.enter('p', 'c') as () => void
  const [second, third] = [turns.enter('p', 'c') as Waiting, turns.enter('p', 'c') as Waiting]
  first()
  const endSecond = await second.turn
  first()
  let hasThird = false
  void third.turn.then(() => (hasThird = true))
  await null
  expect(hasThird).toBe(false)
  endSecond()
  ;(await third.turn)()
  third.leave(new Error('too late'))
  expect(typeof turns.enter('p', 'c')).toBe('function')
})

it('principals with the same context id do not wait for each other', async () => {
  const turns = new Turns({ whenBusy: 'queue' })
  const first = turns.enter('one', 'c') as () => void
  const waiting = turns.enter('one', 'c') as Waiting
  const other = turns.enter('other', 'c')
  expect(typeof other).toBe('function')
  first()
  const endSecond = await waiting.turn
  ;(other as () => void)()
  expect(typeof turns.enter('other', 'c')).toBe('function')
  expect(typeof turns.enter('one', 'c')).toBe('object')
  endSecond()
})

describe('reject', () => {
  it('says busy at once, for contexts and tasks', async () => {
    const { agent, open } = gated()
    const test = harness(agent, { runtime: { concurrency: { whenBusy: 'reject' } } })
    const first = test.submit('1', inContext, { asTask: true })
    const { task } = await first.started
    await expect(test.submit('2', inContext).outcome).rejects.toMatchObject(busy)
    await expect(test.submit('3', { taskId: task?.key.taskId as string }).outcome).rejects.toMatchObject(busy)
    open('1')
    await first.outcome
    open('4')
    expect((await test.submit('4', inContext).outcome).message?.parts[0]?.text).toBe('4')
  })
})

describe('close', () => {
  it('refuses new messages, waits for those under way and those that wait', async () => {
    const { agent, open } = gated()
    const test = harness(agent)
    const runs = [test.submit('1', inContext).outcome, test.submit('2', inContext).outcome]
    let isClosed = false
    const closing = test.runtime.close().then(() => (isClosed = true))
    await expect(test.submit('3').outcome).rejects.toMatchObject({ code: 'PF_OVERLOADED', retryAfterMs: 5000 })
    await test.clock.settle()
    expect(isClosed).toBe(false)
    open('1')
    open('2')
    await closing
    expect((await Promise.all(runs)).map((one) => one.message?.parts[0]?.text)).toEqual(['1', '2'])
    expect(test.clock.pending).toBe(0)
  })

  it('fails what does not end within the grace: tasks, runs that are none yet, and those that wait', async () => {
    const test = harness({
      async onMessage({ text }, context) {
        if (text === 'task') await context.startTask()
        await new Promise(() => {})
      },
    })
    const task = test.submit('task', {}, { asTask: true })
    const plain = test.submit('plain', inContext)
    const waits = test.submit('waits', inContext)
    await task.started
    const closing = test.runtime.close({ graceMs: 2_000 })
    await test.clock.advance(1_999)
    expect(test.runtime.activeRuns).toBe(3)
    await test.clock.advance(1)
    await closing
    const lost = [(await task.outcome).task, (await plain.outcome).task] as StoredTask[]
    expect(lost.map((one) => [one.task.status.state, failureCode(one)])).toEqual([
      ['failed', 'PF_RUN_LOST'],
      ['failed', 'PF_RUN_LOST'],
    ])
    await expect(waits.outcome).rejects.toMatchObject({ code: 'PF_RUN_LOST' })
    expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
  })

  it('does not wait for a store that never answers', async () => {
    const test = harness(
      {
        onMessage: async (_m, context) => {
          await context.startTask()
        },
      },
      { wrapStore: (store) => ({ ...store, commit: () => new Promise<never>(() => {}) }) },
    )
    void test.submit()
    const closing = test.runtime.close({ graceMs: 1_000 })
    await test.clock.advance(6_000)
    await closing
  })

  it('is done at once where nothing is under way, and may be called again; tasks can still be read', async () => {
    const test = harness({ onMessage: () => reply.completed() })
    const { key } = await test.sendTask()
    await test.runtime.close()
    await test.runtime.close()
    expect((await test.runtime.task(key.taskId, anonymous))?.task.status.state).toBe('completed')
    expect(test.clock.started).toBe(0)
  })
})
