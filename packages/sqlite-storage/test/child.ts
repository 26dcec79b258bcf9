import { writeSync } from 'node:fs'
import { PfError, type Task } from '@pf-agents/agent-core'
import { Database } from '../src/database'
import { createSqliteStores, type SqliteStores } from '../src/sqlite-stores'
import { key, scriptedCommit } from './script'

/** The program of the processes that tests start, kill and let race. Reports by lines on its standard output. */

/** What a test tells the process to do. */
export interface ChildOrders {
  file: string
  do: 'script' | 'open' | 'race' | 'leases' | 'fill'
  commits?: number
  /** Dies just before this statement of the script is run, counted from 1, or just before its transaction is committed. */
  dieAtStatement?: number
  rounds?: number
  name?: string
}

function report(line: string): void {
  writeSync(1, `${line}\n`)
}

/** Kills this process before its n-th statement from now on. */
function dieAt(n: number): void {
  let count = 0
  const prepare = Database.prototype.statement
  Database.prototype.statement = function (this: Database, sql: string) {
    if (++count === n) process.kill(process.pid, 'SIGKILL')
    return prepare.call(this, sql)
  }
}

async function runScript(stores: SqliteStores, { commits = 4, dieAtStatement }: ChildOrders): Promise<void> {
  if (dieAtStatement !== undefined) dieAt(dieAtStatement)
  for (let n = 0; n < commits; n++) {
    await stores.runStore.commit(scriptedCommit(n, n === commits - 1))
    report(`stored ${n + 1}`)
  }
  report('end')
}

/** Adds messages to one task that all children share, each against the version it read. */
async function race(stores: SqliteStores, { rounds = 20, name = '' }: ChildOrders): Promise<void> {
  let conflicts = 0
  for (let round = 0; round < rounds;) {
    const head = await stores.runStore.head(key)
    if (head === undefined) throw new Error('the task is missing')
    try {
      const message = { messageId: `${name}-${round}`, role: 'user' as const, parts: [{ text: name }] }
      await stores.runStore.commit({ key, expectedVersion: head.version, events: [{ type: 'message', message }] })
      round++
    } catch (error) {
      if (!PfError.is(error, 'PF_STORE_CONFLICT')) throw error
      conflicts++
    }
    for (let attempt = 0; attempt < 100; attempt++) {
      const counter = await stores.keyValue.get('counter')
      if (
        await stores.keyValue.compareAndSet(
          'counter',
          counter?.revision,
          ((counter?.value as number | undefined) ?? 0) + 1,
        )
      )
        break
      if (attempt === 99) throw new Error('100 attempts')
    }
  }
  const counted = rounds + conflicts
  report(JSON.stringify({ conflicts, counted }))
}

/** Takes the lease whenever it is free, and commits under it; a fenced commit is fine, one without the lease is not. */
async function takeLeases(stores: SqliteStores, { rounds = 20 }: ChildOrders): Promise<void> {
  const tokens: number[] = []
  while (tokens.length < rounds) {
    const now = Date.now()
    const lease = await stores.runStore.claim(key, { now, expiresAt: now + 10_000 })
    if (lease === undefined) continue
    const head = await stores.runStore.head(key)
    await stores.runStore.commit({
      key,
      expectedVersion: head?.version ?? 0,
      leaseToken: lease.token,
      events: [{ type: 'custom', name: 'token', value: lease.token }],
      lease: 'release',
    })
    tokens.push(lease.token)
  }
  report(JSON.stringify(tokens))
}

/** Stores ever more until the medium fails, and says how. */
async function fill(stores: SqliteStores): Promise<void> {
  let stored = 0
  try {
    for (; stored < 10_000; stored++) {
      const taskId = `task-${stored}`
      const commit = scriptedCommit(0, true)
      await stores.runStore.commit({
        ...commit,
        key: { ...key, taskId },
        create: { ...(scriptedCommit(0, false).create as Task), id: taskId },
        facts: { principal: { id: 'alice' }, runId: 'x'.repeat(20_000) },
        outbox: [],
      })
    }
  } catch (error) {
    if (!PfError.is(error)) throw error
    report(JSON.stringify({ stored, code: error.code, message: error.message, retryAfterMs: error.retryAfterMs }))
    // What was stored before can still be read.
    const last = await stores.runStore.load({ ...key, taskId: `task-${stored - 1}` })
    report(JSON.stringify({ readable: last?.task.id }))
  }
}

async function main(orders: ChildOrders): Promise<void> {
  let stores: SqliteStores
  try {
    stores = createSqliteStores({ file: orders.file })
  } catch (error) {
    if (!PfError.is(error)) throw error
    report(JSON.stringify({ code: error.code, message: error.message }))
    return
  }
  if (orders.do === 'script') await runScript(stores, orders)
  else if (orders.do === 'race') await race(stores, orders)
  else if (orders.do === 'leases') await takeLeases(stores, orders)
  else if (orders.do === 'fill') await fill(stores)
  stores.close()
  report('closed')
}

await main(JSON.parse(process.argv[2] ?? '{}') as ChildOrders)
