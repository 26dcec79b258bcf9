import { eventCases } from './run-store/event-cases'
import { factsCases } from './run-store/facts-cases'
import { isolationCases } from './run-store/isolation-cases'
import { leaseCases } from './run-store/lease-cases'
import { listCases } from './run-store/list-cases'
import { modelCases } from './run-store/model-cases'
import { overdueCases } from './run-store/overdue-cases'
import { robustnessCases } from './run-store/robustness-cases'
import { versionCases } from './run-store/version-cases'
import type { RunStoreDriver, StorageCase } from './storage-case'

/**
 * What every `RunStore` driver must do: versions and races, leases and fencing, numbering, folding and reading of
 * events, facts, isolation of scopes, lists, what is overdue, odd ids, big values, careless callers, and whole random histories compared
 * with a reference. A driver without an event log passes the same suite; `read` then answers `undefined`.
 *
 * @example
 * ```ts
 * import { test } from 'vitest'
 * registerCases(test, runStoreSuite, async () => {
 *   const stores = await createMyStores()
 *   return { ...stores, close: () => stores.close() }
 * })
 * ```
 */
export const runStoreSuite: readonly StorageCase<RunStoreDriver>[] = [
  ...versionCases,
  ...leaseCases,
  ...eventCases,
  ...factsCases,
  ...isolationCases,
  ...listCases,
  ...overdueCases,
  ...robustnessCases,
  ...modelCases,
]
