import { encodeSseComment, type SseOwner, type SseStream } from '@pf-agents/http-kit'
import type { EndableStream, Service } from '../service'
import { createFrameEncoder } from '../wire/encode-frame'

const sign = encodeSseComment('waiting')

/**
 * The stream of a run that has to wait for another one of its thread: open before there is anything to tell, so that
 * nothing on the way takes the connection for dead. Whoever tells the run takes it over.
 */
export class WaitingStream implements SseOwner, EndableStream {
  readonly body: SseStream
  readonly #service: Service
  readonly #onGone: () => void
  #owner: SseOwner | undefined

  /** @param onGone - the reader left before the run had begun */
  constructor(service: Service, onGone: () => void) {
    this.#service = service
    this.#onGone = onGone
    this.body = service.hub.open(this)
    this.body.write(sign)
    service.open.add(this)
  }

  /** The run begins, and this tells it. */
  handTo(owner: SseOwner): SseStream {
    this.#owner = owner
    this.#service.open.delete(this)
    return this.body
  }

  /** The run never begins. */
  end(error: { message: string; code: string }): void {
    this.#service.open.delete(this)
    if (this.#owner !== undefined || this.body.isOver) return
    this.body.write(createFrameEncoder()({ type: 'RUN_ERROR', ...error }))
    this.body.close()
  }

  gone(): void {
    this.#service.open.delete(this)
    if (this.#owner === undefined) this.#onGone()
    else this.#owner.gone()
  }

  stalled(): string {
    return this.#owner?.stalled() ?? ''
  }
}
