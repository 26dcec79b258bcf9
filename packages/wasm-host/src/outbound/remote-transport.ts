import { type FromWorker, type OutboundEvent, WINDOW } from '../protocol/messages'
import type { OutboundCall, OutboundEvents, OutboundRequest, OutboundTransport } from './transport'

/** Outbound calls of a guest that blocks its thread: the host makes them, since nothing can happen on a blocked thread. */
export class RemoteTransport implements OutboundTransport {
  readonly #post: (message: FromWorker) => void
  readonly #calls = new Map<number, { events: OutboundEvents; room: number }>()
  #next = 1
  /** The request that has the thread. */
  request = 0

  constructor(post: (message: FromWorker) => void) {
    this.#post = post
  }

  open(request: OutboundRequest, events: OutboundEvents): OutboundCall {
    const call = this.#next++
    const id = this.request
    const state = { events, room: WINDOW }
    this.#calls.set(call, state)
    const act = (action: Extract<FromWorker, { type: 'call' }>['action']) =>
      this.#post({ type: 'call', id, call, action })
    act({ kind: 'open', request })
    return {
      room: () => Math.max(0, state.room),
      write: (chunk) => {
        state.room -= chunk.byteLength
        act({ kind: 'write', chunk })
      },
      end: () => act({ kind: 'end' }),
      consumed: (bytes) => act({ kind: 'consumed', bytes }),
      abort: () => {
        this.#calls.delete(call)
        act({ kind: 'abort' })
      },
    }
  }

  receive(call: number, event: OutboundEvent): void {
    const state = this.#calls.get(call)
    if (!state) return
    const { events } = state
    if (event.kind === 'response') events.response(event.status, event.headers)
    else if (event.kind === 'data') events.data(event.chunk)
    else if (event.kind === 'room') {
      state.room += event.bytes
      events.drain()
    } else {
      this.#calls.delete(call)
      if (event.kind === 'end') events.end()
      else events.error(event.code)
    }
  }
}
