import { applyEvent, type Message, type Task } from '@pf-agents/agent-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSqliteStores } from '../src/sqlite-stores'
import { type ChildEnd, Workshop } from './processes'
import { contextId, key, leaseUntil, scope, scriptedCommit, spoken } from './script'

const full = process.env['PF_TEST_FULL'] === '1'
const commits = 4

let workshop: Workshop
beforeAll(() => {
  workshop = new Workshop()
})
afterAll(() => workshop.close())

/** The task after the first commits of the script. */
function expected(version: number): Task {
  const task = scriptedCommit(0, false).create as Task
  for (let n = 0; n < version; n++)
    for (const event of scriptedCommit(n, n === commits - 1).events) applyEvent(task, event)
  return task
}

/** Opens what a killed process left behind, and fails unless all of it fits together. Returns the version found. */
async function inspect(file: string, stored: number): Promise<number> {
  const stores = createSqliteStores({ file })
  try {
    const found = await stores.runStore.load(key)
    const version = found?.version ?? 0
    // Nothing that was answered is missing; at most the one that was on its way is there as well.
    expect([stored, stored + 1]).toContain(version)
    if (found === undefined) {
      expect((await stores.runStore.list({ scope, pageSize: 5 })).total).toBe(0)
      expect(await stores.conversation.read(scope, contextId)).toEqual([])
      return 0
    }
    expect(found.task).toEqual(expected(version))
    expect(found.facts).toEqual({ principal: { id: 'alice' }, runId: `run-${version - 1}`, state: { n: version - 1 } })
    const log = (await stores.runStore.read(key, 1)) ?? []
    expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: found.lastSeq }, (_, index) => index + 1))
    const replay = scriptedCommit(0, false).create as Task
    for (const { event } of log) applyEvent(replay, event)
    expect(replay).toEqual(found.task)
    const said: Message[] = Array.from({ length: version }, (_, n) => spoken(n))
    expect(await stores.conversation.read(scope, contextId)).toEqual(said)
    const owed = await stores.outbox.take({ topic: 'push', now: 0, hideUntil: 1, limit: 100 })
    expect(owed.map(({ id }) => id)).toEqual(Array.from({ length: version }, (_, n) => `e-${n}`))
    const page = await stores.runStore.list({ scope, pageSize: 5 })
    expect([page.total, page.tasks[0]?.version]).toEqual([1, version])
    if (version < commits) await leaseDecides(stores.runStore, version)
    return version
  } finally {
    stores.close()
  }
}

/** The dead run's lease holds until its time, then whoever claims it ends the task. */
async function leaseDecides(
  runStore: ReturnType<typeof createSqliteStores>['runStore'],
  version: number,
): Promise<void> {
  expect((await runStore.head(key))?.lease).toEqual({ token: 1, expiresAt: leaseUntil })
  expect(await runStore.claim(key, { now: leaseUntil - 1, expiresAt: 9_000 })).toBeUndefined()
  const lease = await runStore.claim(key, { now: leaseUntil, expiresAt: 9_000 })
  expect(lease?.token).toBe(2)
  const failed = {
    type: 'status' as const,
    status: { state: 'failed' as const, timestamp: '2026-02-01T00:00:00.000Z' },
  }
  await expect(
    Promise.resolve(runStore.commit({ ...scriptedCommit(version, true), leaseToken: 1 })),
  ).rejects.toMatchObject({ code: 'PF_LEASE_LOST' })
  await runStore.commit({ key, expectedVersion: version, leaseToken: 2, events: [failed], lease: 'release' })
  expect((await runStore.load(key))?.task.status.state).toBe('failed')
}

const countStored = ({ lines }: ChildEnd): number => lines.filter((line) => line.startsWith('stored ')).length

describe('a process that is killed in the middle of a run', () => {
  test(
    'before any statement of any commit: the task is whole, and its lease decides',
    { timeout: 300_000 },
    async () => {
      const found = new Set<number>()
      let isOver = false
      // Two at a time: starting processes is what takes long.
      for (let at = 1; !isOver; at += 2) {
        const ends = await Promise.all(
          [at, at + 1].map(async (dieAtStatement) => {
            const file = workshop.path(`statement-${dieAtStatement}.db`)
            const end = await workshop.start({ file, do: 'script', commits, dieAtStatement })
            expect(end.errors).toBe('')
            if (end.signal !== 'SIGKILL') return end
            found.add(await inspect(file, countStored(end)))
            return end
          }),
        )
        isOver = ends.some(({ signal }) => signal !== 'SIGKILL')
        if (isOver) expect(ends.at(-1)?.lines).toContain('end')
        expect(at).toBeLessThan(400)
      }
      // The loop did run through all commits: the last to be killed was the one that ends the task.
      expect([...found].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
    },
  )

  test('after each answered commit', { timeout: 120_000 }, async () => {
    for (let position = 1; position <= commits; position++) {
      const file = workshop.path(`after-${position}.db`)
      const end = await workshop.start(
        { file, do: 'script', commits },
        { onLine: (line, child) => void (line === `stored ${position}` && child.kill('SIGKILL')) },
      )
      const version = await inspect(file, countStored(end))
      expect(version).toBeGreaterThanOrEqual(position)
    }
  })

  test('at any moment', { timeout: 300_000 }, async () => {
    for (let round = 0; round < (full ? 100 : 8); round++) {
      const file = workshop.path(`moment-${round}.db`)
      let timer: NodeJS.Timeout | undefined
      const end = await workshop.start(
        { file, do: 'script', commits },
        {
          onLine: (line, child) =>
            void (line === 'stored 1' && (timer = setTimeout(() => child.kill('SIGKILL'), (round % 8) * 0.5))),
        },
      )
      clearTimeout(timer)
      await inspect(file, countStored(end))
    }
  })
})
