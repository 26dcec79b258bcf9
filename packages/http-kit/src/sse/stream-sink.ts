import type { Clock } from '@pf-agents/agent-core'
import type { TextSink, TextSource } from './text-source'

const encoder = /* @__PURE__ */ new TextEncoder()

/**
 * Feeds a `ReadableStream` with text: one chunk for each time it asks. What is written in the same turn of the event
 * loop follows together with the next chunk, so that a burst costs few of them, and a writer that never waits does not
 * starve its own connection.
 */
export class StreamSink implements TextSink {
  readonly #controller: ReadableStreamDefaultController<Uint8Array>
  readonly #terms: { readonly clock: Clock; readonly bufferLength: number }
  readonly #source: TextSource
  #isHungry = true
  #text = ''
  /** The source waits to be told of room. */
  #owes = false
  #hasEnded = false
  #isOver = false
  #cancelTurn: (() => void) | undefined

  constructor(
    controller: ReadableStreamDefaultController<Uint8Array>,
    terms: { readonly clock: Clock; readonly bufferLength: number },
    source: TextSource,
  ) {
    this.#controller = controller
    this.#terms = terms
    this.#source = source
  }

  /** The stream asks for a chunk. */
  pulled(): void {
    this.#isHungry = true
    this.#goOn()
  }

  write(text: string): boolean {
    this.#text += text
    this.#feed()
    this.#owes = this.#text.length >= this.#terms.bufferLength
    return !this.#owes
  }

  end(): void {
    this.#hasEnded = true
    this.#feed()
  }

  destroy(): void {
    if (this.#isOver) return
    this.#finish()
    this.#controller.error(new DOMException('The reader took nothing for too long', 'AbortError'))
  }

  /** The reader canceled the stream: it can neither be closed nor made to fail any more. */
  canceled(): void {
    this.#finish()
  }

  #feed(): void {
    if (this.#isOver || (!this.#isHungry && this.#text !== '')) return
    if (this.#hasEnded) {
      if (this.#text !== '') this.#controller.enqueue(encoder.encode(this.#text))
      this.#finish()
      this.#controller.close()
      this.#source.gone()
    } else if (this.#isHungry && this.#text !== '' && this.#cancelTurn === undefined) {
      const text = this.#text
      this.#text = ''
      this.#isHungry = false
      this.#cancelTurn = this.#terms.clock.after(0, this.#turned)
      // Last: the stream may ask for the next chunk while it takes this one.
      this.#controller.enqueue(encoder.encode(text))
    }
  }

  #goOn(): void {
    this.#feed()
    if (!this.#owes || this.#text.length >= this.#terms.bufferLength) return
    this.#owes = false
    this.#source.drained()
  }

  readonly #turned = (): void => {
    this.#cancelTurn = undefined
    this.#goOn()
  }

  #finish(): void {
    this.#isOver = true
    this.#text = ''
    this.#cancelTurn?.()
    this.#cancelTurn = undefined
  }
}
