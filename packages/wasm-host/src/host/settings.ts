import type { Mode } from '../wasm-engine'

/** One line a guest wrote, or one the host says about it. */
export interface GuestLog {
  /** Name of the app. */
  app: string
  stream: 'stdout' | 'stderr' | 'host'
  line: string
}

/** An app's options with every default filled in. */
export interface AppSettings {
  component: Uint8Array
  name: string
  workers: number
  pool: number
  concurrency: number
  queue: number
  receiving: number
  memoryMb: number
  timeoutMs: number
  busyLimitMs: number
  dataDir: string
  cacheDir: string | undefined
  stores: string[]
  variables: Record<string, string>
  outbound: string[]
  mode: Mode
  onLog(log: GuestLog): void
}
