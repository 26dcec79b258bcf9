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
  /** How many wait for a part. */
  #asked = 0
  #last: Promise<Result> = Promise.resolve(end)

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
    const value = this.#asked === 0 ? this.ready() : undefined
    if (value !== undefined) return Promise.resolve({ done: false, value })
    // Who asks again without waiting gets what comes behind, as of an async generator.
    return (this.#last = this.#asked++ === 0 ? this.#more() : this.#last.then(this.#more, this.#more))
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

  readonly #more = async (): Promise<Result> => {
    if (!this.#started) this.#start()
    try {
      for (;;) {
        const part = this.ready()
        if (part !== undefined) return { done: false, value: part }
        const { done, value } = await this.#source.next()
        if (done) break
        this.#batch = value
        this.#at = 0
      }
    } catch (error) {
      this.#settle()
      throw error
    } finally {
      this.#asked--
    }
    this.#settle()
    return end
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
