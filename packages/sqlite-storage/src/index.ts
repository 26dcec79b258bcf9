/**
 * Storage on node:sqlite: the embedded default that survives a restart. Node only.
 *
 * @module
 */
export type { SqliteOptions } from './options'
export { sqliteStorage } from './sqlite-storage'
export { createSqliteStores, type SqliteStores } from './sqlite-stores'
