import type { RunCommit, TaskPage, TaskState } from '@pf-agents/agent-core'
import { expect, test } from 'vitest'
import { createBucketStores } from '../src/stores'
import { FakeHost } from './fake-host'

const scope = { tenant: '', principalId: 'alice' }
const time = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString()
const key = (taskId: string): RunCommit['key'] => ({ ...scope, taskId })

function creation(id: string, n: number, state: TaskState): RunCommit {
  return {
    key: key(id),
    expectedVersion: 0,
    create: { id, contextId: 'c', status: { state, timestamp: time(n) }, artifacts: [], history: [] },
    facts: { principal: { id: 'alice' }, runId: 'run-1' },
    events: [],
  }
}

test('a task that changes or goes while a page is read is left out, and the next ones move up', () => {
  const host = new FakeHost()
  const other = createBucketStores(() => host.instance('other')).runStore
  for (let n = 0; n < 6; n++) void other.commit(creation(`t-${n}`, n, 'input-required'))
  let calls = 0
  const bucket = host.instance('reader', {
    before: () => {
      // Sixteen parts of the index are read, then the records of the page.
      if (++calls !== 17) return
      const ended = { type: 'status' as const, status: { state: 'completed' as const, timestamp: time(50) } }
      void other.commit({ key: key('t-5'), expectedVersion: 1, events: [ended] })
      for (const path of host.keys('task/')) if (path.endsWith('/t-3')) host.entries.delete(path)
    },
  })
  const reader = createBucketStores(() => bucket).runStore
  const first = reader.list({ scope, pageSize: 3, state: 'input-required' }) as TaskPage
  expect(first.tasks.map(({ task }) => task.id)).toEqual(['t-4', 't-2', 't-1'])
  const second = reader.list({
    scope,
    pageSize: 3,
    state: 'input-required',
    ...(first.next && { after: first.next }),
  }) as TaskPage
  expect([second.tasks.map(({ task }) => task.id), second.next]).toEqual([['t-0'], undefined])
})
