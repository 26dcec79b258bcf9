// Messages that come in before what they could answer is asked.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { artifactTexts, deferred, type Harness, harness, statusText } from '../../test/harness'
import { PfError } from '../error/pf-error'
import type { StoredTask } from '../port/run-store'
import { anonymous } from '../port/scope'
import { type Reply, reply } from '../reply/reply'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import { createSeededRandom } from '../testing/seeded-random'
import { testMessage } from '../testing/test-message'
import type { RuntimeOptions } from './options'

const answered = { code: 'PF_INTERRUPT_ANSWERED', retryable: false }
const busy = { code: 'PF_BUSY' }

/** Asks for one slot after the other, and works before each question until it is let go on. */
function working(slots: string[], options: { runtime?: RuntimeOptions } = {}) {
  const gates = slots.map(() => deferred())
  const said: unknown[] = []
  const test = harness(
    {
      async onMessage(_message, context) {
        await context.startTask()
        const next = slots.findIndex((slot) => !Object.hasOwn(context.slots, slot))
        said.push(...context.remarks.map(({ parts }) => parts[0]?.text))
        if (next < 0) return reply.text(JSON.stringify(context.slots))
        await gates[next]?.promise
        return reply.inputRequired({ prompt: `${slots[next]}?`, slot: slots[next] as string })
      },
    },
    options,
  )
  return { test, gates, said }
}

const openIn = ({ facts }: StoredTask): (string | undefined)[] =>
  (facts.interrupts ?? []).filter((one) => one.status === 'open').map((one) => one.slot)

describe('a message to a task that is at work and has asked nothing', () => {
  it.each<[string, Parameters<Harness['submit']>[0]]>([
    ['in words', 'yes'],
    ['as data', { data: { day: 'yes' } }],
    ['by the name of a question to come', 'day: yes'],
  ])('does not answer what is asked then (%s): it is a remark, and the question is asked again', async (_, content) => {
    const { test, gates, said } = working(['day'])
    const first = test.submit('go', {}, { asTask: true })
    const taskId = (await first.started).task?.key.taskId as string
    const early = test.submit(content, { taskId })
    await test.clock.settle()
    gates[0]?.resolve()
    expect((await test.clock.until(first.outcome)).task?.task.status.state).toBe('input-required')
    const { task } = await test.clock.until(early.outcome)
    expect([task?.task.status.state, openIn(task as StoredTask)]).toEqual(['input-required', ['day']])
    expect(statusText(task as StoredTask)).toBe('Your message came in before this was asked: day?')
    expect(task?.task.history.map(({ role }) => role)).toEqual(['user', 'agent', 'user', 'agent'])
    const done = await test.sendTask('Monday', { taskId })
    expect(artifactTexts(done)).toEqual(['{"day":"Monday"}'])
    expect(said).toEqual([typeof content === 'string' ? content : undefined])
  })

  it('is told that the task is over, where it asks nothing', async () => {
    const gate = deferred()
    const test = harness({
      async onMessage(_message, context) {
        await context.startTask()
        await gate.promise
      },
    })
    const first = test.submit('go', {}, { asTask: true })
    const early = test.submit('yes', { taskId: (await first.started).task?.key.taskId as string }).outcome
    await test.clock.settle()
    gate.resolve()
    await expect(early).rejects.toMatchObject({ code: 'PF_TASK_TERMINAL' })
  })

  it('is busy where messages do not wait, and where another process works on it', async () => {
    const { test, gates } = working(['day'], { runtime: { concurrency: { whenBusy: 'reject' } } })
    const first = test.submit('go', {}, { asTask: true })
    const taskId = (await first.started).task?.key.taskId as string
    const message = testMessage('yes', { taskId })
    await expect(test.submit('yes', { taskId }).outcome).rejects.toMatchObject(busy)
    await expect(test.peer({}).submit({ message, principal: anonymous }).outcome).rejects.toMatchObject(busy)
    gates[0]?.resolve()
    expect(openIn((await test.clock.until(first.outcome)).task as StoredTask)).toEqual(['day'])
  })

  it('without its id, begins a task of its own', async () => {
    const { test, gates } = working(['day'])
    const first = test.submit('go', { contextId: 'c' }, { asTask: true })
    await first.started
    const second = test.submit('yes', { contextId: 'c' })
    await test.clock.settle()
    gates[0]?.resolve()
    const [one, other] = await test.clock.until(Promise.all([first.outcome, second.outcome]))
    expect(one.task?.key.taskId).not.toBe(other.task?.key.taskId)
    expect([one, other].map(({ task }) => openIn(task as StoredTask))).toEqual([['day'], ['day']])
  })
})

describe('a second answer', () => {
  const second = async (options: { runtime?: RuntimeOptions }, at: 'same' | 'other') => {
    const { test, gates } = working(['first', 'second'], options)
    gates[0]?.resolve()
    const { key, facts } = await test.sendTask('go')
    const taskId = key.taskId
    const runtime = at === 'same' ? test.runtime : test.peer()
    const one = test.submit('yes', { taskId })
    await test.clock.settle()
    expect(test.load(taskId)?.task.status.state).toBe('working')
    const again = { message: testMessage('yes', { taskId }), principal: anonymous }
    // At once, not behind the run.
    await expect(runtime.submit(again).outcome).rejects.toMatchObject(answered)
    const answers = [{ interruptId: facts.interrupts?.[0]?.id as string, status: 'resolved' as const, payload: 'yes' }]
    const named = runtime.submit({ ...again, answers }).outcome
    named.catch(() => {})
    await test.clock.settle()
    gates[1]?.resolve()
    expect(openIn((await test.clock.until(one.outcome)).task as StoredTask)).toEqual(['second'])
    expect(openIn(test.load(taskId) as StoredTask)).toEqual(['second'])
    return { test, taskId, named }
  }

  it.each(['same', 'other'] as const)('is told so while the first one is worked on: %s process', async (at) => {
    const { test, taskId, named } = await second({}, at)
    await expect(named).rejects.toMatchObject(at === 'same' ? answered : busy)
    expect(artifactTexts(await test.sendTask('no', { taskId }))).toEqual(['{"first":"yes","second":"no"}'])
  })

  it('is told so where messages do not wait', async () => {
    const { named } = await second({ runtime: { concurrency: { whenBusy: 'reject' } } }, 'same')
    await expect(named).rejects.toMatchObject(busy)
  })

  const both = () =>
    harness({
      onMessage: (_m, { slots }) =>
        Object.keys(slots).length < 2
          ? reply.inputsRequired([
              { prompt: 'A?', slot: 'a' },
              { prompt: 'B?', slot: 'b' },
            ])
          : reply.text(JSON.stringify(slots)),
    })

  it.each<[string, Parameters<Harness['submit']>[0]]>([
    ['a line', 'a: 1'],
    ['a field', { data: { a: 1 } }],
  ])('that names its question by %s is none to the question that is left', async (_, content) => {
    const test = both()
    const { taskId } = (await test.sendTask('go')).key
    await test.sendTask(content, { taskId })
    await expect(test.send(content, { taskId })).rejects.toMatchObject(answered)
    expect(openIn(test.load(taskId) as StoredTask)).toEqual(['b'])
  })

  it('that names none of several is not taken for the one that is left when its turn comes', async () => {
    const test = both()
    const { taskId } = (await test.sendTask('go')).key
    const [, unclear] = await Promise.all([
      test.submit('a: 1', { taskId }).outcome,
      test.submit('Rome', { taskId }).outcome,
    ])
    expect(openIn(unclear.task as StoredTask)).toEqual(['b'])
    expect(statusText(unclear.task as StoredTask)).toBe('Say which question you answer: b. B?')
  })
})

describe('any interleaving of messages and questions', () => {
  type Action = { do: 'plain' | 'line' | 'data' | 'named' | 'wait' | 'later'; to: number; ms: number }
  const action: fc.Arbitrary<Action> = fc.record({
    do: fc.constantFrom('plain', 'plain', 'line', 'data', 'named', 'wait', 'later'),
    to: fc.nat(5),
    ms: fc.nat(30),
  })
  const allowed = new Set(['PF_INTERRUPT_ANSWERED', 'PF_INTERRUPT_UNKNOWN', 'PF_BUSY', 'PF_TASK_TERMINAL'])

  /** Plays a script; gives when each question was asked, and when the message came in that it was answered by. */
  async function play(actions: Action[], seed: number, whenBusy: 'queue' | 'reject') {
    const random = createSeededRandom(seed)
    let moment = 0
    const askedAt = new Map<string, number>()
    const sentAt = new Map<string, number>()
    const pause = async (): Promise<void> => {
      for (let turn = random.below(8); turn > 0; turn--) await null
    }
    const test = harness(
      {
        async onMessage(_message, context) {
          await context.startTask()
          await pause()
          if (random.below(2) === 0) await new Promise<void>((resolve) => test.clock.after(random.below(20), resolve))
          const next = Object.keys(context.slots).length
          const count = Math.min(1 + random.below(2), 6 - next)
          if (count === 0) return reply.completed()
          // Their ids can be guessed before they are asked.
          const interrupts = Array.from({ length: count }, (_, at) => {
            const name = `q${next + at}`
            return { id: name, kind: 'input' as const, prompt: `${name}?`, slot: name }
          })
          return { reply: 'suspended', state: 'input-required', interrupts } satisfies Reply
        },
      },
      {
        runtime: { concurrency: { whenBusy, queueLimit: 100 } },
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            async before(method, commit) {
              await pause()
              // Some looks take as long as whole runs.
              if (method === 'load' && random.below(3) === 0)
                await new Promise<void>((resolve) => test.clock.after(random.below(60), resolve))
              moment++
              for (const { id } of commit?.facts?.interrupts ?? []) if (!askedAt.has(id)) askedAt.set(id, moment)
            },
            after: pause,
          }),
      },
    )
    const first = test.submit('go', {}, { asTask: true })
    const taskId = (await test.clock.until(first.started)).task?.key.taskId as string
    const outcomes: Promise<unknown>[] = [first.outcome]
    const failures: unknown[] = []
    for (const { do: what, to, ms } of actions) {
      if (what === 'later') await test.clock.advance(ms)
      else if (what === 'wait') for (let turn = ms; turn > 0; turn--) await null
      else {
        const text = `m${sentAt.size}`
        sentAt.set(text, ++moment)
        const content = what === 'line' ? `q${to}: ${text}` : what === 'data' ? { data: { [`q${to}`]: text } } : text
        const answers = [{ interruptId: `q${to}`, status: 'resolved' as const, payload: text }]
        const { outcome } = test.submit(content, { taskId }, what === 'named' ? { answers } : {})
        outcomes.push(
          outcome.catch((error: unknown) => {
            if (!PfError.is(error) || !allowed.has(error.code)) failures.push(error)
          }),
        )
      }
    }
    await test.clock.until(Promise.all(outcomes))
    expect(failures).toEqual([])
    const { facts } = test.load(taskId) as StoredTask
    return (facts.interrupts ?? []).flatMap(({ id, status, answer }) => {
      const by = /m\d+/.exec(JSON.stringify(answer) ?? '')?.[0]
      return status === 'answered'
        ? [{ id, asked: askedAt.get(id) as number, sent: sentAt.get(by as string) as number }]
        : []
    })
  }

  it('no question is answered by a message that came in before it was asked', async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 5, maxLength: 30 }),
        fc.nat(1000),
        fc.constantFrom('queue', 'reject'),
        async (actions, seed, whenBusy) => {
          for (const { id, asked, sent } of await play(actions, seed, whenBusy)) {
            count++
            expect({ id, inTime: sent > asked }).toEqual({ id, inTime: true })
          }
        },
      ),
      { numRuns: Number(process.env.PF_TEST_FULL ? 2_000 : 150), seed: 7 },
    )
    expect(count).toBeGreaterThan(100)
  })
})
