import { type AgentRuntime, anonymous, bind, conversationPort, createRuntime, defineAgent } from '@pf-agents/agent-core'
import { createFakeClock, createTestPorts } from '@pf-agents/agent-core/testing'
import type { Interrupt, RunCommit, TaskCursor } from '@pf-agents/agent-core'
import { expect, test } from 'vitest'
import { type BucketStores, createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

const scope = { tenant: '', principalId: anonymous.id }
const agent = defineAgent({ name: 'a', description: 'Waits.', version: '1.0.0', onMessage: () => 'unused' })
const question: Interrupt = { id: 'q', kind: 'input', prompt: '?', status: 'open' }

function creation(taskId: string, now: number, more: Partial<RunCommit>): RunCommit {
  const status = { state: 'working' as const, timestamp: new Date(now).toISOString() }
  return {
    key: { ...scope, taskId },
    expectedVersion: 0,
    create: { id: taskId, contextId: `context-${taskId}`, status, artifacts: [], history: [] },
    facts: { principal: anonymous, runId: 'dead' },
    events: [],
    ...more,
  }
}

/** A runtime over an instance of its own, as each request to a component has it. */
function request(host: FakeHost, owner: string, clock = createFakeClock()): { runtime: AgentRuntime } & BucketStores {
  const stores = createBucketStores(() => host.instance(owner), { clock })
  const { ports } = createTestPorts({
    clock,
    wrapStore: () => stores.runStore,
    bindings: [bind(conversationPort, stores.conversation)],
  })
  return { runtime: createRuntime(agent, ports), ...stores }
}

test('lists take what a crash left behind for failed at once, fail it within the swaps that Spin lets a request have, and at last all of it', async () => {
  const host = new FakeHost()
  const clock = createFakeClock()
  const now = clock.now()
  for (let n = 0; n < 70; n++) {
    const { runStore } = request(host, `writer-${n}`, clock)
    const expiresAt = new Date(now + 1_000 + n).toISOString()
    const asks = {
      type: 'status',
      status: { state: 'input-required', timestamp: new Date(now).toISOString() },
    } as const
    const facts = { principal: anonymous, runId: 'dead', interrupts: [{ ...question, expiresAt }] }
    const more = n % 2 === 0 ? { lease: { expiresAt: now + 1_000 } } : { events: [asks], facts }
    await runStore.commit(creation(`t-${n}`, now, more))
  }
  await clock.advance(2_000)
  const failed = (): number => host.keys('task/').filter((key) => host.text(key).includes('"state":"failed"')).length
  for (const atLeast of [4, 8, 12]) {
    const { runtime } = request(host, `reader-${atLeast}`, clock)
    const page = await runtime.list({ principal: anonymous, pageSize: 5, state: 'failed' })
    const states = page.tasks.map(({ task }) => [task.status.state, task.status.message?.metadata !== undefined])
    expect([page.total, states]).toEqual([70, page.tasks.map(() => ['failed', true])])
    expect((await runtime.list({ principal: anonymous, pageSize: 5, state: 'working' })).total).toBe(0)
    expect(failed()).toBeGreaterThanOrEqual(atLeast)
  }
  // All of them are on the pages, and each once, though none but the first page has any failed.
  for (const state of ['failed', undefined] as const) {
    const seen: string[] = []
    let after: TaskCursor | undefined
    do {
      const { runtime } = request(host, `pages-${seen.length}-${String(state)}`, clock)
      const query = { principal: anonymous, pageSize: 30, ...(state && { state }), ...(after && { after }) }
      const page = await runtime.list(query)
      for (const { task } of page.tasks) seen.push(`${task.id} ${task.status.state}`)
      after = page.next
    } while (after !== undefined)
    expect(seen.toSorted()).toEqual(Array.from({ length: 70 }, (_, n) => `t-${n} failed`).toSorted())
  }
  // And all of it is failed once it was asked for often enough.
  for (let n = 0; n < 20; n++)
    await request(host, `last-${n}`, clock).runtime.list({ principal: anonymous, pageSize: 1 })
  expect(failed()).toBe(70)
})

test('questions in an index that a version before wrote are found by their records', async () => {
  const host = new FakeHost()
  const { runStore } = request(host, 'one')
  const asks = { type: 'status', status: { state: 'input-required', timestamp: '2026-01-01T00:00:00.000Z' } } as const
  for (const [id, expiresAt] of [
    ['a', '2026-01-02T00:00:00.000Z'],
    ['b', undefined],
  ] as const) {
    const interrupts = [{ ...question, ...(expiresAt && { expiresAt }) }]
    const facts = { principal: anonymous, runId: 'r', interrupts }
    await runStore.commit(creation(id, 0, { events: [asks], facts }))
  }
  let old = 0
  for (const [key, entry] of host.entries) {
    if (!key.startsWith('index/')) continue
    const text = new TextDecoder().decode(entry.value)
    const without = text.replaceAll(/,"due":(?:\d+|null)/g, () => (old++, ''))
    host.entries.set(key, { ...entry, value: new TextEncoder().encode(without) })
  }
  expect(old).toBe(2)
  const overdue = async (at: string) =>
    (await runStore.overdue({ tenant: '', now: Date.parse(at), limit: 9 })).tasks.map((one) => one.taskId)
  expect(await overdue('2026-01-01T23:59:59.999Z')).toEqual([])
  expect(await overdue('2026-01-02T00:00:00.000Z')).toEqual(['a'])
})
