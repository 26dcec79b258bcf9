import type { RequestHead } from '../wasi/http/incoming-request'

/** One HTTP request and its answer, whatever carries it (a socket, or a call of `fetch`). */
export interface Exchange {
  head: RequestHead
  /** The whole body when it is known already. */
  body: Uint8Array | undefined
  /** Whether a body still comes, through `read`. */
  streaming: boolean
  /** How many bytes of it there are, where the client has said so. */
  length: number | undefined
  /** Whether the body is held back, because more than the window is not taken. */
  readonly isFull: boolean
  /** Starts delivering the body; stops while more than the window is not taken. */
  read(events: { chunk(chunk: Uint8Array): void; end(): void; broken(): void }): void
  /** The guest has taken bytes of the body. */
  taken(bytes: number): void
  /** Sends the head; `alone` when nothing follows it yet. Called once. */
  respond(status: number, headers: [string, string][], alone?: boolean): void
  /** Sends a chunk; `done` is called when the client's side has taken it. */
  write(chunk: Uint8Array, done: () => void): void
  end(): void
  /** Breaks the connection off, so that the client sees that the answer is not whole. */
  destroy(): void
  /** Called once, when the client went away before the end. */
  onDisconnect(listener: () => void): void
}
