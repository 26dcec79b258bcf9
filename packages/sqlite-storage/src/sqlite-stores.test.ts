import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conversationSuite, keyValueSuite, outboxSuite, registerCases, runStoreSuite } from '@pf-agents/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { createSqliteStores, type SqliteStores } from './sqlite-stores'

let directory = ''
let files = 0
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pf-sqlite-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Two connections to one new file: the second is the peer of the races. */
function twoConnections(): { first: SqliteStores; second: SqliteStores; close(): void } {
  const file = join(directory, `${files++}.db`)
  const first = createSqliteStores({ file })
  const second = createSqliteStores({ file })
  const close = (): void => {
    second.close()
    first.close()
  }
  return { first, second, close }
}

describe('SQLite drivers on a file, two connections', () => {
  describe('RunStore', () =>
    registerCases(test, runStoreSuite, () => {
      const { first, second, close } = twoConnections()
      return { ...first, peer: second.runStore, close }
    }))
  describe('KeyValue', () =>
    registerCases(test, keyValueSuite, () => {
      const { first, second, close } = twoConnections()
      return { ...first, peer: second.keyValue, close }
    }))
  describe('Conversation', () =>
    registerCases(test, conversationSuite, () => {
      const { first, second, close } = twoConnections()
      return { ...first, peer: second.conversation, close }
    }))
  describe('Outbox', () =>
    registerCases(test, outboxSuite, () => createSqliteStores({ file: join(directory, `${files++}.db`) })))
})

describe('SQLite drivers in memory', () => {
  const make = (): SqliteStores => createSqliteStores({ file: ':memory:' })
  describe('RunStore', () => registerCases(test, runStoreSuite, make))
  describe('KeyValue', () => registerCases(test, keyValueSuite, make))
  describe('Conversation', () => registerCases(test, conversationSuite, make))
  describe('Outbox', () => registerCases(test, outboxSuite, make))
})
