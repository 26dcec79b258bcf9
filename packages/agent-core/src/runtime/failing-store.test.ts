import { describe, expect, it } from 'vitest'
import { artifactTexts, custom, failureCode, harness } from '../../test/harness'
import { expectNothingUnhandled } from '../../test/unhandled'
import { PfError } from '../error/pf-error'
import { createMemoryRunStore } from '../memory/memory-run-store'
import { anonymous } from '../port/scope'
import type { RunStore, StoredTask } from '../port/run-store'
import { reply } from '../reply/reply'
import { createFaultyRunStore } from '../testing/faulty-run-store'
import { testMessage } from '../testing/test-message'
import type { AgentRuntime } from './agent-runtime'
import type { RunContext } from './run-context'

expectNothingUnhandled()

describe('a store that fails', () => {
  const agent = {
    async onMessage(_message: unknown, context: RunContext): Promise<ReturnType<typeof reply.text>> {
      for (let step = 0; step < 4; step++) {
        context.emit(custom(step))
        await context.flush()
      }
      return reply.text('done')
    },
  }
  const failing = (broken: (commit: number) => boolean, error: unknown, after = false) => {
    let commits = 0
    const fault = (method: string): void => {
      if (method === 'commit' && broken(++commits)) throw error
    }
    return (store: RunStore) => createFaultyRunStore(store, after ? { after: fault } : { before: fault })
  }

  // The run makes five commits: four steps and the end.
  it.each([1, 2, 3, 4, 5])(
    'once, at commit %i: the run ends; the task is failed and says so, or there is none',
    async (position) => {
      const test = harness(agent, {
        wrapStore: failing((commit) => commit === position, new Error('disk full: /secret/path')),
      })
      const outcome = test.send()
      if (position === 1) {
        await expect(outcome).rejects.toMatchObject({
          code: 'PF_STORE_UNAVAILABLE',
          cause: { message: 'disk full: /secret/path' },
        })
        expect(test.stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 9 }).total).toBe(
          0,
        )
      } else {
        const task = (await outcome).task as StoredTask
        expect([task.task.status.state, failureCode(task)]).toEqual(['failed', 'PF_STORE_UNAVAILABLE'])
        expect(JSON.stringify(task)).not.toContain('secret')
        // What was stored before is still there, in order.
        const events = test.stores.runStore
          .read(task.key, 1)
          ?.flatMap(({ event }) => (event.type === 'custom' ? [event.value] : []))
        expect(events).toEqual(Array.from({ length: position - 1 }, (_, step) => step))
        expect(task.lease).toBeUndefined()
      }
      expect(test.logs.some((one) => one.level === 'error')).toBe(true)
      expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
    },
  )

  const ring: Record<string, unknown> = {}
  ring['self'] = ring

  it.each<[string, unknown]>([
    ['a BigInt', 10n],
    ['an object that holds itself', ring],
  ])('of what JSON can not carry is no failure of the store: %s', async (_, value) => {
    const test = harness({
      async onMessage(_message, context) {
        context.emit(custom(1))
        await context.flush()
        context.emit({ type: 'custom', name: 'n', value: value as never })
        return 'x'
      },
    })
    const task = (await test.send()).task as StoredTask
    expect([task.task.status.state, failureCode(task)]).toEqual(['failed', 'PF_CONFIG_INVALID'])
    expect(test.logs.map(({ message }) => message).join()).toContain('JSON can not carry')
  })

  it.each([1, 2, 3, 4, 5])(
    'for good, from commit %i on: the outcome tells, and the lease ends the task',
    async (position) => {
      let isRepaired = false
      const test = harness(agent, {
        wrapStore: failing(
          (commit) => !isRepaired && commit >= position,
          new PfError('PF_STORE_UNAVAILABLE', 'no disk'),
        ),
      })
      await expect(test.send()).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE', message: 'no disk' })
      expect([test.runtime.activeRuns, test.clock.pending]).toEqual([0, 0])
      isRepaired = true
      await test.clock.advance(30_000)
      const { tasks } = await test.runtime.list({ principal: { id: 'anonymous' }, pageSize: 9 })
      expect(tasks.map((one) => [one.task.status.state, failureCode(one)])).toEqual(
        position === 1 ? [] : [['failed', 'PF_RUN_LOST']],
      )
    },
  )

  it.each([1, 2, 3, 4, 5])(
    'after it stored commit %i: nothing is there twice, and the task has an end',
    async (position) => {
      const test = harness(agent, {
        wrapStore: failing((commit) => commit === position, new Error('connection lost'), true),
      })
      const task = (await test.send()).task as StoredTask
      // The last commit had ended the task: that end stands.
      expect(task.task.status.state).toBe(position === 5 ? 'completed' : 'failed')
      const events = test.stores.runStore
        .read(task.key, 1)
        ?.flatMap(({ event }) => (event.type === 'custom' ? [event.value] : []))
      expect(events).toEqual(Array.from({ length: Math.min(position, 4) }, (_, step) => step))
      expect(test.load(task.key.taskId)?.task.status.state).toBe(task.task.status.state)
    },
  )

  it('after it stored the question, which somebody has answered meanwhile: their run is left alone', async () => {
    let commits = 0
    const test = harness(
      {
        async onMessage(_message, context) {
          if (context.slots.answer === undefined) {
            await context.startTask()
            return reply.inputRequired({ prompt: '?' })
          }
          await new Promise<void>((resolve) => test.clock.after(1_000, resolve))
          return reply.text('answered elsewhere')
        },
      },
      {
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            async after(method, commit) {
              if (method !== 'commit' || ++commits !== 2 || commit === undefined) return
              const message = testMessage('yes', { taskId: commit.key.taskId })
              await peer.submit({ message, principal: anonymous, asTask: true }).started
              throw new Error('connection lost')
            },
          }),
      },
    )
    const peer: AgentRuntime = test.peer()
    const { task } = await test.submit().outcome
    expect(task?.task.status.state).toBe('working')
    await test.clock.run()
    expect(artifactTexts(test.load(task?.key.taskId as string) as StoredTask)).toEqual(['answered elsewhere'])
  })

  it('while an answer is taken: nothing was begun, and the answer can be sent again', async () => {
    let broken = false
    let calls = 0
    const test = harness(
      {
        onMessage: (_m, { slots }) => {
          calls++
          return slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : 'ok'
        },
      },
      {
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            before(method) {
              if (broken && method === 'commit') throw new Error('no')
            },
          }),
      },
    )
    const { key, version } = await test.sendTask()
    broken = true
    await expect(test.send('x', { taskId: key.taskId })).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
    expect([calls, test.load(key.taskId)?.version]).toEqual([1, version])
    broken = false
    expect(artifactTexts(await test.sendTask('x', { taskId: key.taskId }))).toEqual(['ok'])
  })

  it.each(['load', 'list'] as const)('to %s is told to whoever asked', async (method) => {
    const test = harness(agent, {
      wrapStore: (store) =>
        createFaultyRunStore(store, {
          before(one) {
            if (one === method) throw new PfError('PF_STORE_UNAVAILABLE')
          },
        }),
    })
    const call =
      method === 'load'
        ? test.runtime.task('t', { id: 'anonymous' })
        : test.runtime.list({ principal: { id: 'anonymous' }, pageSize: 1 })
    await expect(call).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
  })

  it('at the looks of the watch is logged, and the run goes on', async () => {
    const test = harness(
      {
        async onMessage(_m, context) {
          await context.startTask()
          await new Promise<void>((resolve) => test.clock.after(20_000, resolve))
          return 'done'
        },
      },
      {
        wrapStore: (store) =>
          createFaultyRunStore(store, {
            before(method) {
              if (method === 'head' || method === 'renew') throw new Error('blip')
            },
          }),
      },
    )
    expect((await test.sendTask()).task.status.state).toBe('completed')
    expect(test.logs.filter((one) => one.level === 'warn').length).toBeGreaterThan(5)
  })

  it('in the conversation keeps a direct reply from being given as if it were kept', async () => {
    const stores = harness(agent).stores
    const conversation = {
      ...stores.conversation,
      append: () => {
        throw new Error('no')
      },
    }
    const test = harness({ onMessage: () => 'hi' }, { stores: { ...stores, conversation } })
    await expect(test.send()).rejects.toMatchObject({ code: 'PF_STORE_UNAVAILABLE' })
  })

  it('that is full of live tasks ends the run that found out, and so makes room', async () => {
    const store = createMemoryRunStore({ maxBytes: 20_000 })
    const test = harness(
      {
        onMessage: async (_m, context) => {
          await context.startTask()
          context.emit({ type: 'custom', name: 'big', value: 'x'.repeat(30_000) })
          await context.flush()
          context.emit(custom(1))
          await context.flush()
          return 'never'
        },
      },
      { wrapStore: () => store },
    )
    const task = (await test.send()).task as StoredTask
    expect([task.task.status.state, failureCode(task)]).toEqual(['failed', 'PF_STORE_FULL'])
  })
})
