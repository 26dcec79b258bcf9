import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { artifactTexts, deferred, failureCode, type Harness, harness } from '../../test/harness'
import { expectNothingUnhandled } from '../../test/unhandled'
import { PfError } from '../error/pf-error'
import { isTerminal } from '../model/task-state'
import type { RunStore, StoredTask } from '../port/run-store'
import { anonymous } from '../port/scope'
import { reply } from '../reply/reply'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import { createSeededRandom } from '../testing/seeded-random'
import { testMessage } from '../testing/test-message'

expectNothingUnhandled()

/** Every store call takes some turns of the microtask queue. */
const slow = (turns: () => number) => (store: RunStore) =>
  createFaultyRunStore(store, {
    async before() {
      for (let turn = turns(); turn > 0; turn--) await null
    },
    async after() {
      for (let turn = turns(); turn > 0; turn--) await null
    },
  })

const asks = {
  onMessage: (_message: unknown, { slots }: { slots: Readonly<Record<string, unknown>> }) =>
    slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : reply.text(`got ${slots.answer}`),
}

describe('two answers to one question', () => {
  it.each([0, 1, 3, 10])(
    'from two processes over a store %i turns slow: one wins, the loser is told',
    async (turns) => {
      let called = 0
      const test = harness(
        {
          onMessage: (_m, { slots }) => {
            called++
            return slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : reply.text(`got ${slots.answer}`)
          },
        },
        { wrapStore: slow(() => turns) },
      )
      const peer = test.peer()
      const { key, facts } = await test.sendTask()
      const answers = (payload: string) => [
        { interruptId: facts.interrupts?.[0]?.id as string, status: 'resolved' as const, payload },
      ]
      const both = await Promise.allSettled([
        test.submit('one', { taskId: key.taskId }, { answers: answers('one') }).outcome,
        peer.submit({
          message: testMessage('two', { taskId: key.taskId }),
          principal: anonymous,
          answers: answers('two'),
        }).outcome,
      ])
      const won = both.filter((one) => one.status === 'fulfilled')
      const lost = both.filter((one) => one.status === 'rejected')
      expect([won.length, lost.length, called]).toEqual([1, 1, 2])
      expect(lost[0]?.reason).toMatchObject({ code: 'PF_INTERRUPT_ANSWERED' })
      const stored = test.load(key.taskId) as StoredTask
      expect(stored.task).toEqual(won[0]?.value.task?.task)
      expect(stored.task.history.filter((one) => one.role === 'user')).toHaveLength(2)
    },
  )

  it('in one process: the second waits for its turn, and is told', async () => {
    const test = harness(asks, { wrapStore: slow(() => 2) })
    const { key } = await test.sendTask()
    const [first, second] = await Promise.allSettled([
      test.submit('one', { taskId: key.taskId }).outcome,
      test.submit('two', { taskId: key.taskId }).outcome,
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'PF_INTERRUPT_ANSWERED' } })
    expect(artifactTexts(test.load(key.taskId) as StoredTask)).toEqual(['got one'])
  })

  it('a message that came twice does not answer the question after its own', async () => {
    const slots = ['first', 'second']
    const test = harness({
      onMessage(_message, context) {
        const next = slots.find((slot) => !Object.hasOwn(context.slots, slot))
        return next === undefined
          ? reply.text(JSON.stringify(context.slots))
          : reply.inputRequired({ prompt: `${next}?`, slot: next })
      },
    })
    const { key } = await test.sendTask()
    const [first, second] = await Promise.allSettled([
      test.submit('yes', { taskId: key.taskId }).outcome,
      test.submit('yes', { taskId: key.taskId }).outcome,
    ])
    expect(first).toMatchObject({
      status: 'fulfilled',
      value: { task: { task: { status: { state: 'input-required' } } } },
    })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'PF_INTERRUPT_ANSWERED' } })
    expect(artifactTexts(await test.sendTask('no', { taskId: key.taskId }))).toEqual(['{"first":"yes","second":"no"}'])
  })

  it('to different questions of one task, from two processes: the loser may try again', async () => {
    const test = harness(
      {
        onMessage: (_m, { slots }) =>
          Object.keys(slots).length < 2
            ? reply.inputsRequired([
                { prompt: 'a?', slot: 'a' },
                { prompt: 'b?', slot: 'b' },
              ])
            : reply.text(JSON.stringify(slots)),
      },
      { wrapStore: slow(() => 3) },
    )
    const peer = test.peer()
    const { key } = await test.sendTask()
    const results = await Promise.allSettled([
      test.submit({ data: { a: 1 } }, { taskId: key.taskId }).outcome,
      peer.submit({ message: testMessage({ data: { b: 2 } }, { taskId: key.taskId }), principal: anonymous }).outcome,
    ])
    const lost = results.find((one) => one.status === 'rejected')
    expect(lost?.reason).toMatchObject({ code: 'PF_BUSY', retryable: true })
    const left = results[0].status === 'rejected' ? { a: 1 } : { b: 2 }
    const done = await test.sendTask({ data: left }, { taskId: key.taskId })
    expect(JSON.parse(artifactTexts(done)[0] as string)).toEqual({ a: 1, b: 2 })
  })

  it('an answer and a cancel from elsewhere: one of them stands', async () => {
    for (const turns of [0, 1, 2, 5]) {
      const random = createSeededRandom(turns)
      const test = harness(asks, { wrapStore: slow(() => random.below(turns + 1)) })
      const peer = test.peer()
      const { key } = await test.sendTask()
      const [answered, canceled] = await Promise.allSettled([
        test.submit('x', { taskId: key.taskId }).outcome,
        peer.cancel(key.taskId, anonymous),
      ])
      const { task, facts } = test.load(key.taskId) as StoredTask
      if (canceled.status === 'fulfilled') {
        expect(task.status.state).toBe('canceled')
        if (answered.status === 'rejected') expect(answered.reason).toMatchObject({ code: 'PF_TASK_TERMINAL' })
      } else {
        expect(canceled.reason).toMatchObject({ code: 'PF_TASK_NOT_CANCELABLE' })
        expect(answered.status).toBe('fulfilled')
        expect(task.status.state).toBe('completed')
      }
      expect(facts.interrupts?.some((one) => one.status === 'open')).toBe(false)
    }
  })
})

describe('any interleaving of submits, answers and cancels on one task, in three processes', () => {
  type Action = { do: 'answer' | 'named' | 'cancel' | 'read' | 'wait'; at: number }
  const action: fc.Arbitrary<Action> = fc.record({
    do: fc.constantFrom('answer', 'named', 'cancel', 'read', 'wait'),
    at: fc.nat(2),
  })

  async function play(
    test: Harness,
    actions: Action[],
    rounds: number,
    running: { now: number; most: number },
  ): Promise<void> {
    const runtimes = [test.runtime, test.peer(), test.peer()]
    const { key } = await test.sendTask()
    const allowed = new Set([
      'PF_INTERRUPT_ANSWERED',
      'PF_BUSY',
      'PF_TASK_TERMINAL',
      'PF_TASK_NOT_CANCELABLE',
      'PF_STORE_CONFLICT',
      'PF_RUN_CANCELED',
    ])
    let version = 0
    let ended: string | undefined
    const check = (): void => {
      const { stores } = test
      const stored = stores.runStore.load(key)
      if (stored === undefined) throw new Error('The task is gone.')
      expect(stored.version).toBeGreaterThanOrEqual(version)
      version = stored.version
      if (ended !== undefined) expect(JSON.stringify(stored)).toBe(ended)
      if (isTerminal(stored.task.status.state)) {
        ended = JSON.stringify(stored)
        expect(stored.lease).toBeUndefined()
        expect(stored.facts.interrupts?.some((one) => one.status === 'open')).toBe(false)
      }
    }
    const failures: unknown[] = []
    const begun: Promise<unknown>[] = []
    for (const { do: what, at } of actions) {
      const runtime = runtimes[at]!
      const open = test.load(key.taskId)?.facts.interrupts?.find((one) => one.status === 'open')
      const submit = (input = {}) =>
        runtime.submit({ message: testMessage('x', { taskId: key.taskId }), principal: anonymous, ...input }).outcome
      const work: Promise<unknown> | undefined =
        what === 'answer'
          ? submit()
          : what === 'named'
            ? submit({ answers: [{ interruptId: open?.id ?? 'none', status: 'resolved', payload: 'x' }] })
            : what === 'cancel'
              ? runtime.cancel(key.taskId, anonymous)
              : what === 'read'
                ? runtime.task(key.taskId, anonymous)
                : undefined
      if (work !== undefined)
        begun.push(
          work.then(check, (error: unknown) => {
            if (
              !PfError.is(error) ||
              !(allowed.has(error.code) || (open === undefined && error.code === 'PF_INTERRUPT_UNKNOWN'))
            )
              failures.push(error)
            check()
          }),
        )
      else await test.clock.settle()
      check()
    }
    await test.clock.until(Promise.all(begun))
    check()
    expect(failures).toEqual([])
    expect(running.most).toBeLessThanOrEqual(1)
    expect(running.now).toBe(0)
    const final = test.load(key.taskId) as StoredTask
    // Either it is over, or it waits for the next answer: nobody is left working on it.
    expect(['completed', 'canceled', 'input-required']).toContain(final.task.status.state)
    expect(final.lease).toBeUndefined()
    expect(test.clock.pending).toBe(0)
    expect(final.facts.interrupts?.filter((one) => one.status === 'answered').length ?? 0).toBeLessThanOrEqual(rounds)
  }

  it('keeps the task one that never changes after its end, with one run at a time and growing versions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 1, maxLength: 12 }),
        fc.nat(1000),
        fc.constantFrom(1, 2, 3),
        async (actions, seed, rounds) => {
          const random = createSeededRandom(seed)
          const running = { now: 0, most: 0 }
          const test = harness(
            {
              async onMessage(_message, context) {
                running.most = Math.max(running.most, ++running.now)
                try {
                  for (let turn = random.below(6); turn > 0; turn--) {
                    if (random.below(3) === 0) context.emit({ type: 'custom', name: 'step', value: turn })
                    await null
                  }
                  const answered = Object.keys(context.slots).length
                  return answered < rounds
                    ? reply.inputRequired({ prompt: '?', slot: `s${answered}` })
                    : reply.text('done')
                } finally {
                  running.now--
                }
              },
            },
            { wrapStore: slow(() => random.below(5)) },
          )
          await play(test, actions, rounds, running)
        },
      ),
      { numRuns: Number(process.env.PF_TEST_FULL ? 2_000 : 150) },
    )
  })
})

describe('a task that is being changed all the time', () => {
  it('is canceled all the same', async () => {
    const gate = deferred()
    const test = harness({
      async *onMessage(_message, context) {
        while (!context.signal.aborted) {
          yield 'x'
          await new Promise<void>((resolve) => test.clock.after(1, resolve))
        }
        await gate.promise
      },
    })
    const run = test.submit('x', {}, { asTask: true })
    const started = await run.started
    const canceling = test.peer().cancel(started.task?.key.taskId as string, anonymous)
    expect((await test.clock.until(canceling)).task.status.state).toBe('canceled')
    const outcome = await test.clock.until(run.outcome)
    expect(outcome.task?.task.status.state).toBe('canceled')
    expect(failureCode(outcome.task as StoredTask)).toBeUndefined()
    gate.resolve()
  })
})
