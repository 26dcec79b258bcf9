import type { RunEvent, RunStore, StoredEvent, TaskState } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { standingAt } from './standing'

const key = { tenant: '', principalId: 'p', taskId: 't' } as unknown as Parameters<RunStore['read']>[0]
const status = (state: TaskState, timestamp: string): RunEvent => ({ type: 'status', status: { state, timestamp } })
const text: RunEvent = { type: 'text-delta', messageId: 'a', delta: 'x' }
const said = (role: 'user' | 'agent', messageId: string) => ({ role, messageId, parts: [{ text: messageId }] })

/** What a store reads of a log whose events before `kept` are gone. */
function log(events: readonly RunEvent[], kept = 1) {
  const reads: number[] = []
  const stored = events.map((event, at) => ({ seq: at + 1, event }) as StoredEvent)
  const read: RunStore['read'] = (_key, from, limit = 1000) => {
    reads.push(limit)
    return from < kept ? undefined : stored.slice(from - 1, from - 1 + limit)
  }
  return { reads, store: { read } as RunStore }
}

describe('how a task was told to stand', () => {
  it('is the last status at or before the event, not a later one', async () => {
    const { store } = log([status('working', '1'), text, status('auth-required', '2'), text, status('completed', '3')])
    for (const [seq, told] of [
      [1, '1'],
      [2, '1'],
      [3, '2'],
      [4, '2'],
      [5, '3'],
    ] as const)
      expect((await standingAt(store, key, seq))?.status?.timestamp).toBe(told)
  })

  it('has what the agent said since, once, and nothing that the user said', async () => {
    const events: RunEvent[] = [
      status('working', '1'),
      { type: 'message', message: said('agent', 'a1') },
      { type: 'message', message: said('user', 'u1') },
    ]
    const { store } = log(events)
    const told = { state: 'working', timestamp: '1', message: said('agent', 'a1') }
    expect(await standingAt(store, key, 2)).toEqual({ status: told, saidId: 'a1' })
    expect(await standingAt(store, key, 3)).toEqual({ status: told, saidId: 'u1' })
  })

  it('is none before the first status', async () => {
    const { store } = log([{ type: 'message', message: said('user', 'u1') }, text, status('working', '1')])
    expect(await standingAt(store, key, 2)).toEqual({ status: undefined, saidId: 'u1' })
  })

  it('is looked for page by page, and not for ever', async () => {
    const near = log([status('working', '1'), ...Array.from({ length: 2500 }, () => text)])
    expect((await standingAt(near.store, key, 2501))?.status?.timestamp).toBe('1')
    expect(near.reads).toEqual([1000, 1000, 501])
    const far = log([status('working', '1'), ...Array.from({ length: 16_000 }, () => text)])
    expect(await standingAt(far.store, key, 16_001)).toBeUndefined()
    expect(far.reads).toHaveLength(16)
  })

  it('is not known where the log was trimmed', async () => {
    const { store } = log([status('working', '1'), text, text], 2)
    expect(await standingAt(store, key, 3)).toBeUndefined()
  })
})
