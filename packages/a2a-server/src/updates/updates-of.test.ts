import { decodeStreamResponse } from '@pf-agents/a2a-protocol'
import { applyEvent, type PendingCommit, type RunEvent, snapshotTask, type Task } from '@pf-agents/agent-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { updatesOf } from './updates-of'

const timestamp = '2026-01-01T00:00:00.000Z'
const key = { tenant: '', principalId: 'anonymous', taskId: 't' }
const created = (): Task => ({
  id: 't',
  contextId: 'c',
  status: { state: 'submitted', timestamp },
  artifacts: [],
  history: [],
})
const user: RunEvent = {
  type: 'message',
  message: { messageId: 'u', role: 'user', parts: [{ text: 'hi' }], taskId: 't', contextId: 'c' },
}

/** The commits of a run whose events come in such batches. */
function commitsOf(batches: readonly (readonly RunEvent[])[]): PendingCommit[] {
  let task = created()
  let lastSeq = 0
  return batches.map((events, index) => {
    task = events.reduce(applyEvent, snapshotTask(task))
    const commit = {
      key,
      events,
      firstSeq: lastSeq + 1,
      task,
      facts: { principal: { id: 'anonymous' }, runId: 'r' },
      isNew: index === 0,
    }
    lastSeq += events.length
    return commit
  })
}

/** What a receiver makes of the updates of all commits, read strictly. */
function folded(commits: readonly PendingCommit[]): Task | undefined {
  let task: Task | undefined
  for (const update of commits.flatMap(updatesOf).map((one) => decodeStreamResponse(JSON.parse(JSON.stringify(one))))) {
    if ('task' in update) task = update.task
    else if (task === undefined) throw new Error('The first update is the task')
    else if ('artifactUpdate' in update) applyEvent(task, { type: 'artifact', ...update.artifactUpdate })
    else if ('statusUpdate' in update) {
      applyEvent(task, { type: 'status', status: update.statusUpdate.status })
      if (update.statusUpdate.metadata) applyEvent(task, { type: 'metadata', metadata: update.statusUpdate.metadata })
    }
  }
  return task
}

const id = fc.constantFrom('a', 'b')
const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ type: fc.constant('text-start' as const), messageId: id }),
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('text-delta' as const),
      messageId: id,
      delta: fc.string({ maxLength: 5 }),
    }),
  },
  fc.record({ type: fc.constant('text-end' as const), messageId: id }),
  fc.record({
    type: fc.constant('artifact' as const),
    artifact: fc.record({
      artifactId: fc.constantFrom('a', 'x'),
      parts: fc.array(fc.oneof(fc.record({ text: fc.string() }), fc.record({ data: fc.integer() })), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    append: fc.boolean(),
    lastChunk: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('metadata' as const),
    metadata: fc.dictionary(fc.constantFrom('k', 'l'), fc.integer()),
  }),
  fc.record({
    type: fc.constant('status' as const),
    status: fc.record({ state: fc.constant('working' as const), timestamp: fc.constant(timestamp) }),
  }),
  fc.constant<RunEvent>({ type: 'custom', name: 'n', value: 1 }),
)

describe('updatesOf', () => {
  it('lets a receiver fold the task as it is stored, however its events are cut into commits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyEvent, { maxLength: 8 }), { minLength: 1, maxLength: 8 }),
        ([first = [], ...rest]) => {
          const working: RunEvent = { type: 'status', status: { state: 'working', timestamp } }
          const done: RunEvent = { type: 'status', status: { state: 'completed', timestamp } }
          const commits = commitsOf([[user, working, ...first], ...rest, [done]])
          const stored = commits.at(-1)?.task as Task
          const { artifacts, status, metadata } = folded(commits) as Task
          expect({ artifacts, status, metadata }).toEqual({
            artifacts: stored.artifacts,
            status: stored.status,
            metadata: stored.metadata,
          })
        },
      ),
      { seed: 20261121, numRuns: process.env.PF_TEST_FULL ? 5_000 : 300 },
    )
  })

  it('begins with the task as it was submitted', () => {
    const [first] = updatesOf(
      commitsOf([[user, { type: 'status', status: { state: 'completed', timestamp } }]])[0] as PendingCommit,
    )
    expect(first).toEqual({
      task: {
        id: 't',
        contextId: 'c',
        status: { state: 'TASK_STATE_SUBMITTED', timestamp },
        history: [{ messageId: 'u', role: 'ROLE_USER', parts: [{ text: 'hi' }], taskId: 't', contextId: 'c' }],
      },
    })
  })

  it('joins the words of a text within a commit, and says where it is complete', () => {
    const text = (delta: string): RunEvent => ({ type: 'text-delta', messageId: 'm', delta })
    const [, second] = commitsOf([
      [user],
      [{ type: 'text-start', messageId: 'm' }, text('a'), text('b'), { type: 'text-end', messageId: 'm' }],
    ])
    expect(updatesOf(second as PendingCommit)).toEqual([
      {
        artifactUpdate: {
          taskId: 't',
          contextId: 'c',
          artifact: { artifactId: 'm', parts: [{ text: 'ab' }] },
          lastChunk: true,
        },
      },
    ])
  })

  it('tells what the agent says between with the status as it stands, and what it says with a status once', () => {
    const said = (messageId: string) => ({ messageId, role: 'agent' as const, parts: [{ text: messageId }] })
    const [, second, third] = commitsOf([
      [user],
      [{ type: 'message', message: said('between') }],
      [
        { type: 'message', message: said('end') },
        { type: 'status', status: { state: 'completed', timestamp, message: said('end') } },
      ],
    ])
    expect(updatesOf(second as PendingCommit)).toMatchObject([
      { statusUpdate: { status: { state: 'TASK_STATE_SUBMITTED', message: { messageId: 'between' } } } },
    ])
    expect(updatesOf(third as PendingCommit)).toMatchObject([
      { statusUpdate: { status: { state: 'TASK_STATE_COMPLETED', message: { messageId: 'end' } } } },
    ])
    expect(updatesOf(third as PendingCommit)).toHaveLength(1)
  })
})
