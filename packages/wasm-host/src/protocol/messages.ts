/** What the host and its worker threads say to each other. A request keeps one id on both sides. */
import type { CompiledComponent } from '../cache/compile-modules'
import type { HttpErrorCode, OutboundRequest } from '../outbound/transport'
import type { HeaderPair } from '../wasi/http/fields'
import type { Mode } from '../wasm-engine'
import type { RequestHead } from '../wasi/http/incoming-request'
import type { KeyValueDraft } from '../wasi/keyvalue/index'

/** Bytes of a body that may be under way in one direction before the receiver has taken them. */
export const WINDOW = 256 * 1024

export type ToWorker =
  /** `body` is the whole body, or its beginning when `more`. */
  | { type: 'start'; id: number; head: RequestHead; body: Uint8Array | undefined; more: boolean }
  | { type: 'body'; id: number; chunk?: Uint8Array; end?: boolean; broken?: boolean }
  /** The client has taken this many bytes of the response. */
  | { type: 'credit'; id: number; bytes: number }
  /** The client is gone: its response is closed, the guest may go on. */
  | { type: 'disconnect'; id: number }
  /** The guest must not go on. */
  | { type: 'abort'; id: number; reason: string }
  | { type: 'close' }
  /** What happened to an outbound call the host makes for a guest that blocks its thread. */
  | { type: 'outbound'; id: number; call: number; event: OutboundEvent }

export type OutboundEvent =
  | { kind: 'response'; status: number; headers: HeaderPair[] }
  | { kind: 'data'; chunk: Uint8Array }
  | { kind: 'end' }
  | { kind: 'error'; code: HttpErrorCode }
  /** The request body has room for so many bytes more. */
  | { kind: 'room'; bytes: number }

export type OutboundAction =
  | { kind: 'open'; request: OutboundRequest }
  | { kind: 'write'; chunk: Uint8Array }
  | { kind: 'end' }
  | { kind: 'consumed'; bytes: number }
  | { kind: 'abort' }

/** How an instance ended: well, without (the whole of) an answer, by a crash (or a call of exit), or because the host ended it. */
export type Outcome = 'ok' | 'silent' | 'trap' | 'aborted'

export type FromWorker =
  /** What a guest said between two waits. */
  | { type: 'batch'; messages: FromWorker[] }
  | { type: 'ready' }
  /** The throw-away request is over. */
  | { type: 'warm' }
  /** A request was given an instance. One whose body streams can't go to another worker any more. */
  | { type: 'started'; id: number }
  | {
      type: 'head'
      id: number
      status: number
      headers: [string, string][]
      chunk?: Uint8Array
      end?: boolean
      outOfMemory: boolean
    }
  | { type: 'data'; id: number; chunk: Uint8Array }
  | { type: 'end'; id: number }
  /** The guest dropped its response body unfinished. */
  | { type: 'broken'; id: number }
  /** The guest answered with an error code of wasi:http. */
  | { type: 'error'; id: number; code: string }
  /** The guest has taken this many bytes of the request body. */
  | { type: 'taken'; id: number; bytes: number }
  /** From here on the request can't be repeated unnoticed: it wrote or called out. */
  | { type: 'effect'; id: number }
  | { type: 'log'; id: number; stream: 'stdout' | 'stderr'; line: string }
  /** A guest that blocks its thread wants something of an outbound call. */
  | { type: 'call'; id: number; call: number; action: OutboundAction }
  | {
      type: 'done'
      id: number
      outcome: Outcome
      message?: string
      outOfMemory: boolean
      memoryBytes: number
      cpuMs: number
    }

/** Slots of the shared array by which a worker shows that it lives and whom it runs; `signal` wakes one that blocks. */
export const BEAT = { count: 0, running: 1, pooled: 2, signal: 3, memoryKb: 4, length: 5 } as const
export const BEAT_MS = 25

export interface WorkerSetup {
  app: string
  /** Prefix of instance owners: `<run>/<request id>`. */
  run: string
  compiled: CompiledComponent
  beat: Int32Array
  pool: number
  stores: string[]
  draft: KeyValueDraft
  kvFile: string | undefined
  variables: Record<string, string>
  outbound: string[]
  self: string | undefined
  mode: Mode
  /** Whether to run a throw-away request, granted nothing, before the first real one. */
  warm: boolean
}

export const ownerOf = (run: string, id: number): string => `${run}/${id}`
