import { describe, expect, it } from 'vitest'
import { harness } from '../../test/harness'
import { PfError } from '../error/pf-error'
import type { RunEvent } from '../event/run-event'
import { type Deliveries, deliveriesPort, type PendingCommit } from '../port/deliveries'
import { bind } from '../port/port'
import { anonymous, type TaskKey } from '../port/scope'
import { reply } from '../reply/reply'

/** Owes one delivery per commit, and notes what it was asked and told. */
function recorder() {
  const asked: Omit<PendingCommit, 'key'>[] = []
  const told: RunEvent['type'][][] = []
  const deliveries: Deliveries = {
    owed({ key, ...commit }) {
      asked.push({ ...commit, task: JSON.parse(JSON.stringify(commit.task)) })
      const id = `${key.taskId} ${String(commit.firstSeq).padStart(3, '0')}`
      return [
        { id, topic: 'test', group: key.taskId, body: { state: commit.task.status.state }, dueAt: 0, attempts: 0 },
      ]
    },
    stored: (_, events) => void told.push(events.map(({ type }) => type)),
  }
  return { asked, told, bindings: [bind(deliveriesPort, deliveries)] }
}

const asking = { onMessage: () => reply.inputRequired({ prompt: 'Where to?' }) }

describe('what commits owe', () => {
  it('is stored with every commit of a run, and of what ends a task from outside of it', async () => {
    const { asked, told, bindings } = recorder()
    const test = harness(asking, { bindings })
    const { task, facts } = await test.sendTask()
    expect(asked).toEqual([{ events: expect.any(Array), firstSeq: 1, task, facts, isNew: true }])
    await test.runtime.cancel(task.id, anonymous)
    expect(asked[1]).toMatchObject({
      firstSeq: (asked[0]?.events.length ?? 0) + 1,
      task: { status: { state: 'canceled' } },
      facts: { interrupts: [{ status: 'canceled' }] },
      isNew: false,
    })
    expect(told.map((types) => types.at(-1))).toEqual(['status', 'status'])
    const bodies: unknown[] = []
    for (;;) {
      const [head] = test.stores.outbox.take({ topic: 'test', now: 0, hideUntil: 1, limit: 1 })
      if (head === undefined) break
      bodies.push(head.body)
      test.stores.outbox.settle(head.id)
    }
    expect(bodies).toEqual([{ state: 'input-required' }, { state: 'canceled' }])
  })

  it('fails the commit where it can not be told', async () => {
    const failing: Deliveries = {
      owed: () => Promise.reject(new PfError('PF_STORE_UNAVAILABLE', 'no key-value store')),
      stored: () => expect.unreachable(),
    }
    const test = harness({ onMessage: () => reply.completed('x') }, { bindings: [bind(deliveriesPort, failing)] })
    await expect(test.send()).rejects.toMatchObject({ message: 'no key-value store' })
    expect(test.stores.runStore.list({ scope: { tenant: '', principalId: anonymous.id }, pageSize: 5 }).total).toBe(0)
  })

  it('is no business of a direct reply', async () => {
    const { asked, bindings } = recorder()
    const test = harness({ onMessage: () => 'hi' }, { bindings })
    expect((await test.send()).message).toBeDefined()
    expect(asked).toEqual([])
  })

  it('a listener that throws does not fail the run', async () => {
    const throwing: Deliveries = {
      owed: () => undefined,
      stored() {
        throw new Error('no listener')
      },
    }
    const test = harness({ onMessage: () => reply.completed('x') }, { bindings: [bind(deliveriesPort, throwing)] })
    expect((await test.sendTask()).task.status.state).toBe('completed')
    expect(test.logs).toMatchObject([{ level: 'error', fields: { error: 'Error: no listener' } }])
  })
})

describe('beforeTask', () => {
  it('is called once with the key of the task, before the task is there', async () => {
    const keys: TaskKey[] = []
    const test = harness({ onMessage: () => reply.completed('x') })
    const beforeTask = async (key: TaskKey): Promise<void> => {
      keys.push(key)
      await null
      expect(test.load(key.taskId)).toBeUndefined()
    }
    const { task } = await test.sendTask('hello', {}, { beforeTask })
    expect(keys).toEqual([{ tenant: '', principalId: anonymous.id, taskId: task.id }])
  })

  it('is not called for a direct reply, nor for a task that is there', async () => {
    const beforeTask = (): void => expect.unreachable()
    const direct = harness({ onMessage: () => 'hi' })
    expect((await direct.send('hello', {}, { beforeTask })).message).toBeDefined()
    const test = harness(asking)
    const { task } = await test.sendTask()
    expect((await test.sendTask('again', { taskId: task.id }, { beforeTask })).task.id).toBe(task.id)
  })

  it('fails the message where it throws: there is no task', async () => {
    const test = harness({ onMessage: () => reply.completed('x') })
    const beforeTask = (): void => {
      throw new PfError('PF_RATE_LIMITED', 'too many')
    }
    const submission = test.submit('hello', {}, { asTask: true, beforeTask })
    await expect(test.clock.until(submission.started)).rejects.toMatchObject({ code: 'PF_RATE_LIMITED' })
    await expect(submission.outcome).rejects.toMatchObject({ message: 'too many' })
    expect(test.stores.runStore.list({ scope: { tenant: '', principalId: anonymous.id }, pageSize: 5 }).total).toBe(0)
  })
})
