import type { Awaitable, Conversation, KeyValue, Outbox, RunStore } from '@pf-agents/agent-core'

/** Makes a driver over an empty store of its own. */
export type MakeDriver<Driver> = () => Awaitable<Driver>

/** One named check of a driver. Free of any test framework. */
export interface StorageCase<Driver> {
  readonly name: string
  /** Makes a driver, checks it, closes it. Rejects with what is wrong. */
  run(make: MakeDriver<Driver>): Promise<void>
}

/** What every driver may have. */
export interface Closable {
  close?(): Awaitable<void>
}

/** What {@link runStoreSuite} needs. */
export interface RunStoreDriver extends Closable {
  runStore: RunStore
  /** Where the messages of commits arrive. */
  conversation: Conversation
  /**
   * A second way to the same data, such as another connection or instance. The races are run between the two.
   * Default: `runStore` itself.
   */
  peer?: RunStore
}

/** What {@link keyValueSuite} needs. */
export interface KeyValueDriver extends Closable {
  keyValue: KeyValue
  /** A second way to the same data. Default: `keyValue` itself. */
  peer?: KeyValue
}

/** What {@link conversationSuite} needs. */
export interface ConversationDriver extends Closable {
  conversation: Conversation
  /** A second way to the same data. Default: `conversation` itself. */
  peer?: Conversation
}

/** What {@link outboxSuite} needs: entries arrive by commits. */
export interface OutboxDriver extends Closable {
  runStore: RunStore
  outbox: Outbox
}

/** Makes a case that gets a fresh driver and closes it whatever happens. */
export function storageCase<Driver extends Closable>(
  name: string,
  check: (driver: Driver) => Promise<void>,
): StorageCase<Driver> {
  return {
    name,
    async run(make) {
      const driver = await make()
      try {
        await check(driver)
      } finally {
        await driver.close?.()
      }
    },
  }
}

/**
 * Registers a suite with a test framework: `test` of vitest, node:test or any other of that form.
 *
 * @example
 * ```ts
 * import { test } from 'vitest'
 * registerCases(test, runStoreSuite, () => createMemoryStores())
 * ```
 */
export function registerCases<Driver>(
  test: (name: string, run: () => Promise<void>) => unknown,
  suite: readonly StorageCase<Driver>[],
  make: MakeDriver<Driver>,
): void {
  for (const one of suite) test(one.name, () => one.run(make))
}
