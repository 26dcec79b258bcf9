import { type AbortSource, followSource, type ModelStreamPart } from '@pf-agents/agent-core'
import { StopSignal } from '@pf-agents/http-kit'

type Result = IteratorResult<ModelStreamPart, undefined>
const end: Result = Object.freeze({ done: true, value: undefined })

/**
 * Parts one by one, out of batches. Written by hand: an async generator costs several promises per part, and a part is
 * no more than a word or two.
 */
export class PartStream implements AsyncIterableIterator<ModelStreamPart, undefined, undefined> {
  readonly #stop = new StopSignal()
  readonly #source: AsyncGenerator<ModelStreamPart[], undefined, undefined>
  readonly #outer: AbortSignal | undefined
  #batch: ModelStreamPart[] = []
  #at = 0
  #forward: (() => void) | undefined
  #unfollow: (() => void) | undefined
  #started = false

  constructor(
    outer: AbortSignal | undefined,
    source: (signal: AbortSource) => AsyncGenerator<ModelStreamPart[], undefined, undefined>,
  ) {
    this.#outer = outer
    this.#source = source(this.#stop)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Result> {
    const value = this.ready()
    return value === undefined ? this.#more() : Promise.resolve({ done: false, value })
  }

  /** The next part, where it has come already: who reads on by this waits once for each chunk, not for each part. */
  ready(): ModelStreamPart | undefined {
    return this.#at < this.#batch.length ? this.#batch[this.#at++] : undefined
  }

  async return(): Promise<Result> {
    this.#batch = []
    this.#at = 0
    this.#settle()
    // Ends a read that is pending, which would hold up the generator's own return.
    this.#stop.abort(new DOMException('The answer is no longer read', 'AbortError'))
    await this.#source.return(undefined)
    return end
  }

  async #more(): Promise<Result> {
    if (!this.#started) this.#start()
    try {
      for (;;) {
        const { done, value } = await this.#source.next()
        if (done) {
          this.#settle()
          return end
        }
        if (value.length === 0) continue
        this.#batch = value
        this.#at = 1
        return { done: false, value: value[0] as ModelStreamPart }
      }
    } catch (error) {
      this.#settle()
      throw error
    }
  }

  #start(): void {
    this.#started = true
    const outer = this.#outer
    if (outer === undefined) return
    const forward = () => this.#stop.abort(outer.reason)
    this.#forward = forward
    if (outer.aborted) return forward()
    outer.addEventListener('abort', forward)
    this.#unfollow = followSource(this.#stop, outer)
  }

  #settle(): void {
    if (this.#forward !== undefined) this.#outer?.removeEventListener('abort', this.#forward)
    this.#forward = undefined
    this.#unfollow?.()
  }
}
