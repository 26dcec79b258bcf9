import type { Message, RunEvent } from '@pf-agents/agent-core'
import { check, same, scramble } from '../assert'
import { oddTexts } from '../random-events'
import { alice, creation, facts, key, message, status, text, TrackedTask } from '../samples'
import { type RunStoreDriver, storageCase } from '../storage-case'

/** Careless callers, odd ids, big values. */
export const robustnessCases = [
  storageCase<RunStoreDriver>(
    'what a caller changes in what it passed in does not reach the store',
    async ({ runStore, conversation }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      const nested: Message = {
        messageId: 'm-1',
        role: 'user',
        parts: [{ data: { list: [1, { deep: 'x' }] } }],
        metadata: { a: { b: 'c' } },
      }
      const events: RunEvent[] = [
        status('working', 1),
        { type: 'message', message: nested },
        { type: 'artifact', artifact: { artifactId: 'a', parts: [{ text: 'one' }, { data: { n: [1] } }] } },
        { type: 'metadata', metadata: { m: { n: 1 } } },
        { type: 'tool-result', toolCallId: 'call-1', parts: [{ data: ['x'] }] },
      ]
      const commit = {
        ...tracked.next(JSON.parse(JSON.stringify(events)) as RunEvent[]),
        facts: { ...facts(), state: { s: { t: 1 } } },
        conversation: [structuredClone(nested)],
      }
      // As a driver may answer later, everything is changed before the answer is awaited.
      const answer = runStore.commit(commit)
      scramble(commit.events)
      scramble(commit.create)
      scramble(commit.facts)
      scramble(commit.conversation)
      await answer
      tracked.committed(events, { facts: { state: { s: { t: 1 } } } })
      await tracked.verify()
      same(await conversation.read(alice, 'context-1'), [nested], 'conversation')
      if (runStore.hasEventLog)
        same(
          (await runStore.read(tracked.key, 1))?.map(({ event }) => event),
          events,
          'log',
        )
    },
  ),

  storageCase<RunStoreDriver>(
    'what a caller changes in what it got back does not reach the store',
    async ({ runStore, conversation }) => {
      const tracked = new TrackedTask(runStore, 'task-1')
      const spoken: Message = {
        messageId: 'm-1',
        role: 'user',
        parts: [{ text: 'hello' }, { data: { list: [1, { deep: 'x' }] } }],
        metadata: { a: { b: 'c' } },
      }
      const begin: RunEvent[] = [
        status('working', 1),
        { type: 'message', message: spoken },
        {
          type: 'artifact',
          artifact: {
            artifactId: 'a',
            name: 'a',
            parts: [{ text: 'one', metadata: { p: 'q' } }, { data: { n: [1] } }],
            metadata: { x: { y: 'z' } },
          },
        },
        { type: 'metadata', metadata: { m: { n: 1 } } },
      ]
      await tracked.commit(begin, {
        facts: { ...facts(), state: { s: { t: 1 } } },
        lease: { expiresAt: 1_000 },
        conversation: [spoken],
      })
      for (const isOver of [false, true]) {
        if (isOver) await tracked.commit([status('completed', 2)], { leaseToken: 1 })
        scramble(await runStore.load(tracked.key))
        scramble(await runStore.head(tracked.key))
        scramble(await runStore.list({ scope: alice, pageSize: 5 }))
        scramble(await runStore.read(tracked.key, 1))
        scramble(await conversation.read(alice, 'context-1'))
        await tracked.verify()
        same((await runStore.head(tracked.key))?.lease, { token: 1, expiresAt: 1_000 }, 'lease')
        same(await conversation.read(alice, 'context-1'), [spoken], 'conversation')
        if (runStore.hasEventLog)
          same(
            (await runStore.read(tracked.key, 1))?.map(({ event }) => event),
            tracked.events,
            'log',
          )
      }
      // It still takes events: nothing that later events need was frozen or changed.
      await tracked.commit([text('a', 'two'), { type: 'message', message: message('m-2') }], {
        leaseToken: 1,
        facts: { state: { s: 2 } },
      })
      await tracked.verify()
    },
  ),

  storageCase<RunStoreDriver>('odd ids are ids like any other', async ({ runStore, conversation }) => {
    const odd = [
      ...oddTexts,
      'x'.repeat(3_000),
      `${'x'.repeat(3_000)}y`,
      'toString',
      'hasOwnProperty',
      '.',
      '..',
      'CON',
      'a:b|c*d?',
    ]
    const scopes = [alice, { tenant: '__proto__', principalId: '😀/'.repeat(200) }]
    for (const scope of scopes) {
      for (const [index, id] of odd.entries()) {
        const tracked = new TrackedTask(runStore, id, { scope, contextId: `${id}#`, at: index })
        await tracked.commit([status('working', index)], { conversation: [message(`m-${index}`)] })
        await tracked.commit([], { lease: { expiresAt: 10 } })
      }
    }
    for (const scope of scopes) {
      for (const [index, id] of odd.entries()) {
        const stored = await runStore.load(key(id, scope))
        same(
          [stored?.task.id, stored?.task.contextId, stored?.key.taskId],
          [id, `${id}#`, id],
          `task ${JSON.stringify(id.slice(0, 40))}`,
        )
        same(await conversation.read(scope, `${id}#`), [message(`m-${index}`)], 'conversation')
        const inContext = await runStore.list({ scope, pageSize: 5, contextId: `${id}#` })
        same([inContext.total, inContext.tasks[0]?.task.id], [1, id], 'list of the context')
        same(await runStore.renew(key(id, scope), 1, 20), true, 'lease')
      }
      const page = await runStore.list({ scope, pageSize: 100 })
      same(
        page.tasks.map(({ task }) => task.id),
        odd.toReversed(),
        'list',
      )
    }
  }),

  storageCase<RunStoreDriver>('odd text comes back as it went in', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    const events = oddTexts.flatMap((odd, index): RunEvent[] => [
      {
        type: 'message',
        message: { messageId: odd, role: 'user', parts: [{ text: odd, filename: odd }], contextId: odd },
      },
      {
        type: 'artifact',
        artifact: { artifactId: `a-${index}`, name: odd, parts: [{ data: { [`k${odd}`]: odd } }, { raw: 'AA==' }] },
      },
      text('all', odd),
    ])
    await tracked.commit(events)
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('a big task is kept whole', async ({ runStore }) => {
    const tracked = new TrackedTask(runStore, 'task-1')
    const big = 'äé漢😀'.repeat(40_000)
    await tracked.commit([
      { type: 'message', message: message('m-1', big) },
      { type: 'artifact', artifact: { artifactId: 'a', parts: [{ raw: 'A'.repeat(400_000) }] } },
    ])
    await tracked.commit([text('b', big)], { facts: { state: { big } } })
    await tracked.commit([status('completed', 1)], {
      snapshot: { ...tracked.expected, status: { state: 'completed', timestamp: statusTime } },
    })
    await tracked.verify()
  }),

  storageCase<RunStoreDriver>('a page of many tasks is read at once', async ({ runStore }) => {
    for (let index = 0; index < 120; index++) await runStore.commit(creation(`task-${index}`, { at: index }))
    const page = await runStore.list({ scope: alice, pageSize: 100 })
    same([page.tasks.length, page.total, page.tasks[99]?.key.taskId], [100, 120, 'task-20'], 'page')
    check(page.next !== undefined, 'there is a next page')
  }),
]

const statusTime = (status('completed', 1) as Extract<RunEvent, { type: 'status' }>).status.timestamp
