import type { JsonValue } from '../model/json'

/**
 * Where an engine stands, so that it can go on after an interrupt or a restart. Opaque to the core; stored in the
 * same commit as the events it belongs to; only the engine that wrote it reads it.
 */
export interface Checkpoint {
  /** Name of the engine that wrote it. */
  engine: string
  /** Version of `data`, counted by that engine. */
  schemaVersion: number
  data: JsonValue
}
