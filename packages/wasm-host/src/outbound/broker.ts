import type { OutboundAction, OutboundEvent } from '../protocol/messages'
import type { HttpErrorCode, OutboundCall, OutboundTransport } from './transport'

/** The host's side of {@link RemoteTransport}: makes the calls of one request, and ends them with it. */
export class OutboundBroker {
  readonly #transport: OutboundTransport
  readonly #answer: (call: number, event: OutboundEvent) => void
  readonly #calls = new Map<number, { made: OutboundCall; unacknowledged: number }>()

  constructor(transport: OutboundTransport, answer: (call: number, event: OutboundEvent) => void) {
    this.#transport = transport
    this.#answer = answer
  }

  act(call: number, action: OutboundAction): void {
    if (action.kind === 'open') return this.#open(call, action.request)
    const state = this.#calls.get(call)
    if (!state) return
    if (action.kind === 'write') {
      state.made.write(action.chunk)
      state.unacknowledged += action.chunk.byteLength
      if (state.made.room() > 0) this.#acknowledge(call)
    } else if (action.kind === 'end') state.made.end()
    else if (action.kind === 'consumed') state.made.consumed(action.bytes)
    else {
      this.#calls.delete(call)
      state.made.abort()
    }
  }

  close(): void {
    for (const { made } of this.#calls.values()) made.abort()
    this.#calls.clear()
  }

  #open(call: number, request: Extract<OutboundAction, { kind: 'open' }>['request']): void {
    const answer = (event: OutboundEvent) => this.#answer(call, event)
    try {
      const made = this.#transport.open(request, {
        response: (status, headers) => answer({ kind: 'response', status, headers }),
        data: (chunk) => answer({ kind: 'data', chunk }),
        end: () => answer({ kind: 'end' }),
        error: (code) => answer({ kind: 'error', code }),
        drain: () => this.#acknowledge(call),
      })
      this.#calls.set(call, { made, unacknowledged: 0 })
    } catch (error) {
      if (error instanceof Error) throw error
      answer({ kind: 'error', code: error as HttpErrorCode })
    }
  }

  #acknowledge(call: number): void {
    const state = this.#calls.get(call)
    if (!state || state.unacknowledged === 0) return
    this.#answer(call, { kind: 'room', bytes: state.unacknowledged })
    state.unacknowledged = 0
  }
}
