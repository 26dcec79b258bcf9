// One run at a time in a context, where each request has an instance of its own: runtimes that share nothing but a store.
import {
  type AgentDefinition,
  bind,
  contextTurnsPort,
  conversationPort,
  createRuntime,
  defineAgent,
  keyValuePort,
  type Message,
  reply,
  type RuntimeOptions,
  runStorePort,
} from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom, createTestPorts, testMessage } from '@pf-agents/agent-core/testing'
import { describe, expect, test } from 'vitest'
import { createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

const principal = { id: 'alice' }
const turns = (host: FakeHost): string[] => host.keys('lease/').filter((key) => key.includes('/~turn/'))
const inContext = { contextId: 'c' }
const busy = { code: 'PF_BUSY', retryable: true }

/** A host, and instances of one agent over its store. */
function deployed(agent: Partial<AgentDefinition>, runtime: RuntimeOptions = {}) {
  const host = new FakeHost()
  const clock = createFakeClock()
  const random = createSeededRandom()
  const defined = defineAgent({ name: 'test', description: 'Under test', version: '1.0.0', ...agent })
  let count = 0
  return {
    host,
    clock,
    /** A new instance, as a request has it; with the calls that it makes to the host. */
    request(hasTurns = true) {
      const owner = `instance-${++count}`
      const calls: number[] = []
      let brokenAt = Infinity
      const bucket = host.instance(owner, {
        before: (call) => {
          calls.push(call)
          if (calls.length >= brokenAt) throw new Error('the host is gone')
        },
      })
      const stores = createBucketStores(() => bucket, { clock })
      const test = createTestPorts({
        clock,
        random,
        bindings: [
          bind(runStorePort, stores.runStore),
          bind(keyValuePort, stores.keyValue),
          bind(conversationPort, stores.conversation),
          ...(hasTurns ? [bind(contextTurnsPort, stores.contextTurns)] : []),
        ],
      })
      const made = createRuntime(defined, test.ports, {
        concurrency: { whenBusy: 'reject' },
        deadlineMs: 30_000,
        ...runtime,
      })
      return {
        owner,
        calls,
        logs: test.logs,
        /** From this call on it fails. */
        breakHostAt: (call = 0) => (brokenAt = call),
        submit: (text: string, fields: Partial<Message> = {}, more = {}) =>
          made.submit({ message: testMessage(text, fields), principal, ...more }),
        cancel: (taskId: string) => made.cancel(taskId, principal),
      }
    },
  }
}

/** Answers when it is let go. */
function gated() {
  const gates = new Map<string, () => void>()
  const open = (text: string): void => gates.get(text)?.()
  const wait = (text: string): Promise<void> => new Promise((resolve) => gates.set(text, resolve))
  return { open, wait }
}

describe('a context that another instance works in', () => {
  test.each([
    ['without a task', false],
    ['with one', true],
  ])('is busy until that is done, %s', async (_, isTask) => {
    const { open, wait } = gated()
    const { host, request, clock } = deployed({
      async onMessage({ text }, context) {
        if (isTask) await context.startTask()
        await wait(text)
        return reply.text(text)
      },
    })
    const first = request().submit('1', inContext).outcome
    await clock.settle()
    await expect(request().submit('2', inContext).outcome).rejects.toMatchObject({ ...busy, retryAfterMs: 1000 })
    await expect(request().submit('2', inContext, { asTask: true }).started).rejects.toMatchObject(busy)
    // Others are not concerned: neither another context nor another caller's of the same name.
    const other = request().submit('2', { contextId: 'd' }).outcome
    const bob = request().submit('3', inContext, { principal: { id: 'bob' } }).outcome
    await clock.settle()
    expect(turns(host)).toHaveLength(3)
    for (const text of ['1', '2', '3']) open(text)
    await Promise.all([first, other, bob])
    expect(turns(host)).toEqual([])
    const next = request().submit('4', inContext).outcome
    await clock.settle()
    open('4')
    await next
  })

  test('is busy for those who learn of it from the first task in it', async () => {
    const { open, wait } = gated()
    const { host, request, clock } = deployed({ onMessage: ({ text }) => wait(text) })
    const { task } = await request().submit('1', {}, { asTask: true }).started
    const contextId = task?.task.contextId ?? ''
    await expect(request().submit('2', { contextId }).outcome).rejects.toMatchObject(busy)
    open('1')
    await clock.settle()
    expect(turns(host)).toEqual([])
  })

  test('is free again where the run throws, suspends, is refused, or is canceled elsewhere', async () => {
    const { host, request, clock } = deployed({
      async onMessage({ text }, context) {
        if (text === 'throw') throw new Error('no')
        if (context.answers.length > 0) return reply.completed()
        if (text === 'ask') return reply.inputRequired({ prompt: '?' })
        await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(new Error('ended'))))
        return undefined
      },
    })
    await clock.until(request().submit('throw', inContext).outcome)
    expect(turns(host)).toEqual([])
    const asked = (await clock.until(request().submit('ask', inContext).outcome)).task
    const taskId = asked?.task.id ?? ''
    expect([asked?.task.status.state, turns(host)]).toEqual(['input-required', []])
    const answered = (await clock.until(request().submit('42', { taskId }).outcome)).task
    expect([answered?.task.status.state, turns(host)]).toEqual(['completed', []])
    await expect(clock.until(request().submit('again', { taskId }).outcome)).rejects.toMatchObject({
      code: 'PF_TASK_TERMINAL',
    })
    expect(turns(host)).toEqual([])
    const waiting = request().submit('wait', inContext, { asTask: true })
    const { task } = await waiting.started
    expect(turns(host)).toHaveLength(1)
    await request().cancel(task?.task.id ?? '')
    expect((await clock.until(waiting.outcome)).task?.task.status.state).toBe('canceled')
    expect(turns(host)).toEqual([])
  })

  test('takes no answer to a task of it either', async () => {
    const { open, wait } = gated()
    const { request, clock } = deployed({
      async onMessage({ text }, context) {
        if (context.answers.length > 0) return reply.completed()
        if (text === 'ask') return reply.inputRequired({ prompt: '?' })
        await wait(text)
        return text
      },
    })
    const { task } = await clock.until(request().submit('ask', inContext).outcome)
    const other = request().submit('other', inContext).outcome
    await clock.settle()
    const taskId = task?.task.id ?? ''
    await expect(request().submit('42', { taskId }).outcome).rejects.toMatchObject(busy)
    open('other')
    await other
    expect((await request().submit('42', { taskId }).outcome).task?.task.status.state).toBe('completed')
  })
})

describe('the turn of an instance that died', () => {
  test.each([true, false])('is over with its lease, or at once where the host ends it (%s)', async (endsLeases) => {
    const { host, request, clock } = deployed({
      onMessage: ({ text }) => (text === 'die' ? new Promise(() => {}) : text),
    })
    const dying = request()
    void dying.submit('die', inContext)
    await clock.settle()
    dying.breakHostAt()
    if (endsLeases) host.bury(dying.owner)
    else {
      await clock.advance(29_400)
      // What is told is never longer than it takes.
      await expect(request().submit('late', inContext).outcome).rejects.toMatchObject({ ...busy, retryAfterMs: 600 })
      await clock.advance(600)
    }
    expect((await request().submit('next', inContext).outcome).message?.parts[0]?.text).toBe('next')
  })

  test('ends with a lease that is shorter than its run might have been, and others prolong theirs', async () => {
    const { open, wait } = gated()
    const { request, clock } = deployed({ onMessage: ({ text }) => wait(text) }, { leaseMs: 9_000, deadlineMs: 60_000 })
    const dying = request()
    void dying.submit('die', { contextId: 'd' })
    const living = request().submit('live', inContext).outcome
    await clock.settle()
    dying.breakHostAt()
    await clock.advance(30_000)
    await expect(request().submit('late', inContext).outcome).rejects.toMatchObject(busy)
    const next = request().submit('next', { contextId: 'd' }).outcome
    await clock.settle()
    open('next')
    open('live')
    await Promise.all([living, next])
    // Nothing is left that keeps an instance.
    expect(dying.logs.map(({ message }) => message)).toContain('The turn in a context could not be prolonged.')
  })

  test('does not outlive the deadline of its run', async () => {
    const { host, request, clock } = deployed({ onMessage: () => new Promise(() => {}) })
    const dying = request()
    void dying.submit('die', inContext, { deadline: clock.now() + 2_000 })
    await clock.settle()
    dying.breakHostAt()
    await clock.advance(2_000)
    const run = request().submit('next', inContext, { deadline: clock.now() + 5_000 }).outcome
    await clock.settle()
    expect(turns(host)).toHaveLength(1)
    await clock.until(run)
  })

  test('that comes back to life is told, and takes no turn from others', async () => {
    const { host, request, clock } = deployed(
      { onMessage: ({ text }) => new Promise(() => text) },
      { leaseMs: 9_000, deadlineMs: 60_000 },
    )
    const run = request().submit('first', inContext).outcome
    await clock.settle()
    // As if it had slept past its time.
    const [path = ''] = turns(host)
    host.entries.delete(path)
    const other = request().submit('second', inContext)
    await clock.settle()
    await clock.advance(3_000)
    expect((await run).task?.task.status.state ?? 'message').toBe('failed')
    expect(turns(host)).toEqual([path])
    other.cancel()
    await clock.until(other.outcome.catch(() => {}))
    expect(turns(host)).toEqual([])
  })
})

describe('what it costs', () => {
  /** Calls to the host that a message takes, with turns and without. */
  const callsOf = async (agent: Partial<AgentDefinition>, fields: Partial<Message>) => {
    const calls: number[] = []
    for (const hasTurns of [true, false]) {
      const { request, clock } = deployed(agent)
      const one = request(hasTurns)
      await clock.until(one.submit('x', fields).outcome)
      calls.push(one.calls.length)
    }
    const [on = 0, off = 0] = calls
    return { on, off }
  }

  test('is nothing where a message begins a context, and is answered in one go', async () => {
    for (const onMessage of [() => 'hello', () => reply.completed('done')]) {
      const { on, off } = await callsOf({ onMessage }, {})
      expect(on).toBe(off)
    }
  })

  test('is three calls where its run becomes a task that goes on', async () => {
    const { on, off } = await callsOf(
      {
        async onMessage(_, context) {
          await context.startTask()
          return 'done'
        },
      },
      {},
    )
    expect(on - off).toBe(3)
  })

  test('is six calls where the context may be known', async () => {
    const { on, off } = await callsOf({ onMessage: () => 'hello' }, inContext)
    expect(on - off).toBe(6)
  })
})

test('a store that fails when a turn is given back fails no run, and is logged', async () => {
  const { request, clock } = deployed({
    async onMessage(_, context) {
      await context.startTask()
      return 'done'
    },
  })
  // How many calls there are: the last two give the turn back.
  await clock.until(request().submit('0', inContext).outcome)
  const first = request()
  await clock.until(first.submit('1', inContext).outcome)
  const one = request()
  one.breakHostAt(first.calls.length - 1)
  const { task } = await clock.until(one.submit('2', inContext).outcome)
  expect(task?.task.status.state).toBe('completed')
  expect(one.logs).toMatchObject([{ level: 'warn', message: 'The turn in a context could not be given back.' }])
})

test('of many instances that come at once, one has the turn, also where lost swaps are hidden', async () => {
  for (const hidesLostSwaps of [false, true]) {
    const { open, wait } = gated()
    const { host, request, clock } = deployed({ onMessage: ({ text }) => wait(text) })
    host.hidesLostSwaps = hidesLostSwaps
    const runs = Array.from({ length: 8 }, (_, index) => request().submit(`${index}`, inContext).outcome)
    await clock.settle()
    for (let index = 0; index < 8; index++) open(`${index}`)
    const outcomes = await Promise.allSettled(runs)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(turns(host)).toEqual([])
  }
})
