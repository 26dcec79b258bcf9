import type { Message, RunCommit, TaskPage, TaskState } from '@pf-agents/agent-core'
import { expect, test } from 'vitest'
import { KeyPaths, shardOf } from '../src/key-path'
import { type BucketStores, createBucketStores } from '../src/stores'
import { FakeHost, type InstanceOptions } from './fake-host'

const scope = { tenant: '', principalId: 'alice' }
const paths = new KeyPaths('')
const at = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString()

/** Ids whose names fall into one part of the index. */
function neighbours(count: number, nameOf: (id: string) => string): string[] {
  const found: string[] = []
  for (let n = 0; found.length < count; n++) if (shardOf(nameOf(`id-${n}`)) === 3) found.push(`id-${n}`)
  return found
}

function creation(taskId: string, n: number, state: TaskState): RunCommit {
  return {
    key: { ...scope, taskId },
    expectedVersion: 0,
    create: { id: taskId, contextId: 'c', status: { state, timestamp: at(n) }, artifacts: [], history: [] },
    facts: { principal: { id: 'alice' }, runId: 'run-1' },
    events: [],
  }
}

/** One task, or one context, for each part of the index. */
function open(host: FakeHost, owner: string, options: InstanceOptions = {}): BucketStores {
  const bucket = host.instance(owner, options)
  return createBucketStores(() => bucket, { keepTasks: 16, keepContexts: 16, clock: { now: () => host.time } })
}

const dieAt = (at: number): InstanceOptions => ({
  before: (call) => {
    if (call === at) throw new Error('killed')
  },
})

test('tasks that an instance took out of the index and did not live to delete are deleted by the next one', () => {
  const [first = '', second = '', third = '', fourth = ''] = neighbours(4, (taskId) =>
    paths.taskName({ ...scope, taskId }),
  )
  let call = 1
  for (; call < 100; call++) {
    const host = new FakeHost()
    const survivor = open(host, 'survivor')
    void survivor.runStore.commit(creation(first, 1, 'completed'))
    try {
      void open(host, 'mortal', dieAt(call)).runStore.commit(creation(second, 2, 'completed'))
      break
    } catch (error) {
      expect((error as Error).message).toMatch(/killed|dead instance/)
    }
    void survivor.runStore.commit(creation(third, 3, 'completed'))
    void survivor.runStore.commit(creation(fourth, 4, 'completed'))
    const page = survivor.runStore.list({ scope, pageSize: 9 }) as TaskPage
    const listed = page.tasks.map(({ task }) => paths.task(paths.taskName({ ...scope, taskId: task.id })))
    expect([call, host.keys('task/').toSorted()]).toEqual([call, listed.toSorted()])
  }
  expect(call).toBeGreaterThan(10)
})

test('contexts that an instance took out of the index and did not live to delete are deleted by the next one', () => {
  const [first = '', second = '', third = '', fourth = ''] = neighbours(4, (contextId) =>
    paths.context(scope, contextId),
  )
  const message: Message = { messageId: 'm', role: 'user', parts: [{ text: 'x' }] }
  let call = 1
  for (; call < 100; call++) {
    const host = new FakeHost()
    const survivor = open(host, 'survivor')
    void survivor.conversation.append(scope, first, [message])
    host.time += 1_000
    try {
      void open(host, 'mortal', dieAt(call)).conversation.append(scope, second, [message])
      break
    } catch (error) {
      expect((error as Error).message).toMatch(/killed|dead instance/)
    }
    for (const contextId of [third, fourth]) {
      host.time += 1_000
      void survivor.conversation.append(scope, contextId, [message])
    }
    expect([call, host.keys('context/')]).toEqual([call, [paths.context(scope, fourth)]])
  }
  expect(call).toBeGreaterThan(8)
})

test('a context that is used again while it is being taken out is kept', () => {
  const [first = '', second = ''] = neighbours(2, (contextId) => paths.context(scope, contextId))
  const message = (messageId: string): Message => ({ messageId, role: 'user', parts: [{ text: 'x' }] })
  const host = new FakeHost()
  const other = open(host, 'other')
  void other.conversation.append(scope, first, [message('m-1')])
  host.time += 1_000_000
  let isReused = false
  const evictor = open(host, 'evictor', {
    before: () => {
      // As soon as the index no longer has it, it is used again.
      const index = host
        .keys('index/')
        .map((key) => host.text(key))
        .join()
      if (isReused || !index.includes('"gone":[[')) return
      isReused = true
      void other.conversation.append(scope, first, [message('m-2')])
    },
  })
  void evictor.conversation.append(scope, second, [message('m-3')])
  expect(isReused).toBe(true)
  expect((other.conversation.read(scope, first) as Message[]).at(-1)).toEqual(message('m-2'))
})

test('a task that is being made is not taken for one that was never made', () => {
  const [slow = '', one = '', two = ''] = neighbours(3, (taskId) => paths.taskName({ ...scope, taskId }))
  const host = new FakeHost()
  const other = open(host, 'other')
  let isInterrupted = false
  const maker = open(host, 'maker', {
    before: () => {
      // Once it is announced, and before its record is made, others need the room.
      const isAnnounced = host.keys('index/').some((key) => host.text(key).includes(`"${slow}"`))
      if (isInterrupted || !isAnnounced) return
      isInterrupted = true
      void other.runStore.commit(creation(one, 1, 'working'))
      expect(() => void other.runStore.commit(creation(two, 2, 'working'))).toThrow(
        expect.objectContaining({ code: 'PF_STORE_FULL' }),
      )
    },
  })
  void maker.runStore.commit(creation(slow, 3, 'working'))
  expect(isInterrupted).toBe(true)
  const page = other.runStore.list({ scope, pageSize: 9 }) as TaskPage
  expect(page.tasks.map(({ task }) => task.id)).toEqual([slow, one])
})

/** An instance that dies after its commit was made, before anything else is put in order. */
function dyingAfterCommit(host: FakeHost): BucketStores {
  const inner = host.instance('mortal')
  let isMade = false
  const alive = <T>(work: () => T): T => {
    if (isMade) throw new Error('killed')
    return work()
  }
  const bucket = {
    ...inner,
    get: (path: string) => (path.startsWith('task/') ? inner.get(path) : alive(() => inner.get(path))),
    delete: (path: string) => alive(() => inner.delete(path)),
    cas(path: string) {
      const cas = alive(() => inner.cas(path))
      return { ...cas, swap: (value: Uint8Array) => ((isMade ||= path.startsWith('task/')), cas.swap(value)) }
    },
  }
  return createBucketStores(() => bucket, { keepTasks: 16, clock: { now: () => host.time } })
}

test('entries that are put in order to make room are so only where the task rests, and with its messages', () => {
  const [active = '', dead = '', late = '', last = ''] = neighbours(4, (taskId) => paths.taskName({ ...scope, taskId }))
  const host = new FakeHost()
  const survivor = open(host, 'survivor')
  void survivor.runStore.commit(creation(active, 1, 'working'))
  const said: Message = { messageId: 'm', role: 'agent', parts: [{ text: 'x' }] }
  expect(
    () => void dyingAfterCommit(host).runStore.commit({ ...creation(dead, 2, 'completed'), conversation: [said] }),
  ).toThrow('killed')
  expect(survivor.conversation.read(scope, 'c')).toEqual([said])
  // These need the room of the dead one, which is over, but nobody said so.
  void survivor.runStore.commit(creation(late, 3, 'completed'))
  void survivor.runStore.commit(creation(last, 4, 'completed'))
  expect(survivor.runStore.load({ ...scope, taskId: dead })).toBeUndefined()
  expect(survivor.conversation.read(scope, 'c')).toEqual([said])
  const asked: RunCommit = {
    key: { ...scope, taskId: active },
    expectedVersion: 1,
    events: [{ type: 'status', status: { state: 'input-required', timestamp: at(5) } }],
  }
  expect(() => void dyingAfterCommit(host).runStore.commit(asked)).toThrow('killed')
  for (const [state, total] of [
    ['working', 0],
    ['input-required', 1],
  ] as const) {
    expect(survivor.runStore.list({ scope, pageSize: 9, state })).toMatchObject({ total })
  }
})
