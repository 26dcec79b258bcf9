import { PfError } from '@pf-agents/agent-core'
import { createParser, type EventSourceParser } from 'eventsource-parser'
import type { SseEvent } from './sse-event'

/** Options of {@link createSseDecoder}. */
export interface SseDecoderOptions {
  /** Longest event, in characters. Default 4,194,304. */
  maxEventLength?: number | undefined
  /** Called with the reconnection time (ms) a server asks for. */
  onRetry?: ((ms: number) => void) | undefined
}

/** Turns chunks of bytes into events. */
export interface SseDecoder {
  /**
   * Takes the next chunk; answers the events that it completed, up to one that is longer than allowed.
   * @throws PfError PF_REMOTE_RESPONSE where an event is longer than allowed and none was in front of it in this chunk;
   * the decoder is then of no more use
   */
  push(chunk: Uint8Array): SseEvent[]
  /**
   * The stream ended: answers what stands there without the blank line behind it. By the standard it does not count;
   * call this only where the payload itself tells whether it is whole.
   */
  end(): SseEvent[]
  /** An event was longer than allowed: the error that is thrown for it, once those in front of it were answered. */
  readonly failure: PfError<'PF_REMOTE_RESPONSE'> | undefined
}

/** What the parser keeps of a line beyond its data: the name of the field. */
const fieldLength = 'data: '.length

/**
 * Decodes a stream of server-sent events (WHATWG HTML §9.2.6): any kind of line end, data of several lines, comments,
 * a byte order mark, chunks cut anywhere. An event that is not complete at the end of the stream does not count.
 */
export function createSseDecoder(options: SseDecoderOptions = {}): SseDecoder {
  return new Decoder(options)
}

/** A class: an object with a getter of its own has a shape of its own, which keeps all of it alive for long. */
class Decoder implements SseDecoder {
  failure: SseDecoder['failure']
  readonly #utf8 = new TextDecoder()
  readonly #parser: EventSourceParser
  #events: SseEvent[] = []

  constructor({ maxEventLength = 4 * 1024 * 1024, onRetry }: SseDecoderOptions) {
    const fail = (): void => {
      this.failure ??= new PfError(
        'PF_REMOTE_RESPONSE',
        `The peer sent an event longer than ${maxEventLength} characters. Raise maxEventLength, or have less sent at once.`,
        { details: { maxEventLength } },
      )
    }
    this.#parser = createParser({
      maxBufferSize: maxEventLength + fieldLength,
      onRetry,
      onEvent: (event) => {
        // The parser bounds what it keeps between chunks; an event within one chunk it hands out as it is.
        if (event.data.length > maxEventLength) fail()
        else if (this.failure === undefined) this.#events.push(event)
      },
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') fail()
      },
    })
  }

  push(chunk: Uint8Array): SseEvent[] {
    return this.#feed(this.#utf8.decode(chunk, { stream: true }))
  }

  end(): SseEvent[] {
    return this.#feed(`${this.#utf8.decode()}\n\n`)
  }

  #feed(text: string): SseEvent[] {
    this.#events = []
    if (this.failure === undefined) this.#parser.feed(text)
    if (this.failure !== undefined && this.#events.length === 0) throw this.failure
    return this.#events
  }
}
