import { PortMap } from '../feature/assemble'
import { createMemoryStores, type MemoryStores, type MemoryStoresOptions } from '../memory/memory-stores'
import { clockPort } from '../port/clock'
import { conversationPort } from '../port/conversation'
import { keyValuePort } from '../port/key-value'
import { outboxPort } from '../port/outbox'
import { bind, type PortBinding } from '../port/port'
import { randomPort } from '../port/random'
import { type RunStore, runStorePort } from '../port/run-store'
import { loggerPort, type LogLevel } from '../port/services'
import { createFakeClock, type FakeClock } from './fake-clock'
import { createSeededRandom, type SeededRandom } from './seeded-random'

/** A line that was logged. */
export interface LogEntry {
  level: LogLevel
  message: string
  fields: Record<string, unknown>
}

/** Everything a runtime needs, made for tests. */
export interface TestPorts {
  readonly ports: PortMap
  readonly clock: FakeClock
  readonly random: SeededRandom
  /** The memory drivers behind the storage ports. */
  readonly stores: MemoryStores
  /** What was logged so far. */
  readonly logs: LogEntry[]
}

/** What {@link createTestPorts} may be given instead of its own. */
export interface TestPortsOptions {
  clock?: FakeClock
  random?: SeededRandom
  /** Share them between several runtimes to test what they do to each other. */
  stores?: MemoryStores
  /** Bounds of the memory drivers, where `stores` is not given. */
  bounds?: MemoryStoresOptions
  /** Stands before the memory driver, such as one made by `createFaultyRunStore`. */
  wrapStore?: (store: RunStore) => RunStore
  /** Bound last, so they win. */
  bindings?: readonly PortBinding[]
}

/**
 * Binds a fake clock, seeded randomness, memory stores and a log that keeps its lines.
 *
 * @example
 * ```ts
 * const { ports, clock } = createTestPorts()
 * const runtime = createRuntime(agent, ports)
 * ```
 */
export function createTestPorts(options: TestPortsOptions = {}): TestPorts {
  const clock = options.clock ?? createFakeClock()
  const random = options.random ?? createSeededRandom()
  const stores = options.stores ?? createMemoryStores(options.bounds)
  const logs: LogEntry[] = []
  const ports = new PortMap([
    bind(clockPort, clock),
    bind(randomPort, random),
    bind(runStorePort, options.wrapStore?.(stores.runStore) ?? stores.runStore),
    bind(keyValuePort, stores.keyValue),
    bind(conversationPort, stores.conversation),
    bind(outboxPort, stores.outbox),
    bind(loggerPort, { log: (level, message, fields = {}) => logs.push({ level, message, fields }) }),
    ...(options.bindings ?? []),
  ])
  return { ports, clock, random, stores, logs }
}
