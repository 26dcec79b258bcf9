import { systemRandom } from '@pf-agents/agent-core'
import { conversationSuite, keyValueSuite, registerCases, runStoreSuite } from '@pf-agents/testing'
import { describe, expect, it, test } from 'vitest'
import { createMemoryBucket } from '../test/memory-bucket'
import { createBucketStores } from './stores'

function make() {
  const bucket = createMemoryBucket()
  const stores = createBucketStores(() => bucket, { random: systemRandom })
  const peer = createBucketStores(() => bucket, { random: systemRandom })
  return { stores, peer }
}

describe('run store', () => {
  registerCases(test, runStoreSuite, () => {
    const { stores, peer } = make()
    return { ...stores, peer: peer.runStore }
  })
})

describe('key-value store', () => {
  registerCases(test, keyValueSuite, () => {
    const { stores, peer } = make()
    return { ...stores, peer: peer.keyValue }
  })
})

describe('conversation store', () => {
  registerCases(test, conversationSuite, () => {
    const { stores, peer } = make()
    return { ...stores, peer: peer.conversation }
  })
})

const at = (second: number) => new Date(1_700_000_000_000 + second * 1000).toISOString()
const scope = { tenant: '', principalId: 'alice' }
const creation = (taskId: string, state: 'completed' | 'input-required', second: number) => ({
  key: { ...scope, taskId },
  expectedVersion: 0,
  events: [{ type: 'status' as const, status: { state, timestamp: at(second) } }],
  create: {
    id: taskId,
    contextId: 'c',
    status: { state: 'submitted' as const, timestamp: at(second) },
    artifacts: [],
    history: [],
  },
  facts: { principal: { id: 'alice' }, runId: 'r' },
})

describe('over a host', () => {
  it('two instances that work between each other’s calls leave no old list entry behind', async () => {
    const key = { ...scope, taskId: 't' }
    const to = (state: 'working' | 'canceled', second: number, version: number) => ({
      key,
      expectedVersion: version,
      force: true,
      events: [{ type: 'status' as const, status: { state, timestamp: at(second) } }],
    })
    let interrupted = 0
    for (let call = 1; call < 20; call++) {
      let calls = 0
      let interfere: (() => void) | undefined
      const bucket = createMemoryBucket(() => {
        if (++calls === call) interfere?.()
      })
      const { runStore } = createBucketStores(() => bucket, { random: systemRandom })
      await runStore.commit(creation('t', 'input-required', 1))
      calls = 0
      interfere = () => {
        interfere = undefined
        interrupted++
        const head = runStore.head(key) as { version: number }
        void runStore.commit(to('canceled', 3, head.version))
      }
      const outcome = await (async () => runStore.commit(to('working', 2, 1)))().then(
        () => 'stored',
        (error: { code: string }) => error.code,
      )
      expect(['stored', 'PF_STORE_CONFLICT']).toContain(outcome)
      interfere = undefined
      const stored = await runStore.load(key)
      const page = await runStore.list({ scope, pageSize: 5, ...(stored && { state: stored.task.status.state }) })
      expect(
        page.tasks.map(({ task }) => task.status),
        `interrupted at call ${call}`,
      ).toEqual([stored?.task.status])
      expect(page.total).toBe(1)
    }
    expect(interrupted).toBeGreaterThan(4)
  })

  it('a lease dies with the key that its instance set', async () => {
    const bucket = createMemoryBucket()
    const { runStore } = createBucketStores(() => bucket, { random: systemRandom })
    const key = { ...scope, taskId: 't' }
    await runStore.commit({ ...creation('t', 'completed', 1), events: [], lease: { expiresAt: 9e15 } })
    expect((await runStore.head(key))?.lease?.expiresAt).toBe(9e15)
    const markers = bucket.keys().filter((name) => name.startsWith('lease/'))
    expect(markers).toHaveLength(1)
    bucket.deleteMany(markers)
    expect((await runStore.load(key))?.lease).toBeUndefined()
    const claimed = await runStore.claim(key, { now: 0, expiresAt: 10 })
    expect(claimed?.token).toBe(2)
    await runStore.release(key, 2)
    expect(bucket.keys().filter((name) => name.startsWith('lease/'))).toEqual([])
  })

  it('keeps no more tasks that are over than it may, and every one that is not', async () => {
    const bucket = createMemoryBucket()
    const { runStore } = createBucketStores(() => bucket, { random: systemRandom, keepTasks: 10 })
    await runStore.commit(creation('live', 'input-required', 0))
    for (let index = 1; index < 200; index++) await runStore.commit(creation(`t-${index}`, 'completed', index))
    const page = await runStore.list({ scope, pageSize: 100 })
    expect(page.total).toBeLessThanOrEqual(10 + 32 + 1)
    expect(page.tasks[0]?.task.id).toBe('t-199')
    expect(page.tasks.at(-1)?.task.id).toBe('live')
    expect(bucket.size).toBeLessThan(100)
  })

  it('finds entries that a dead instance left behind', async () => {
    const bucket = createMemoryBucket()
    const { runStore } = createBucketStores(() => bucket, { random: systemRandom })
    await runStore.commit(creation('t', 'completed', 5))
    const [index = ''] = bucket.keys().filter((name) => name.startsWith('index/'))
    const old = bucket.get(index) as Uint8Array
    bucket.set(index, new TextEncoder().encode(new TextDecoder().decode(old).replace('completed', 'working')))
    expect((await runStore.list({ scope, pageSize: 5 })).tasks.map(({ task }) => task.status.state)).toEqual([
      'completed',
    ])
    expect(bucket.get(index)).toEqual(old)
    bucket.delete(index.replace('index/', 'task/'))
    expect(await runStore.list({ scope, pageSize: 5 })).toEqual({ tasks: [], total: 0 })
  })
})
