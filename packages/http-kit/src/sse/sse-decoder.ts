import { PfError } from '@pf-agents/agent-core'
import { createParser } from 'eventsource-parser'
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
   * Takes the next chunk; answers the events that it completed.
   * @throws PfError PF_REMOTE_RESPONSE where an event is longer than allowed; the decoder is then of no more use
   */
  push(chunk: Uint8Array): SseEvent[]
  /**
   * The stream ended: answers what stands there without the blank line behind it. By the standard it does not count;
   * call this only where the payload itself tells whether it is whole.
   */
  end(): SseEvent[]
}

/**
 * Decodes a stream of server-sent events (WHATWG HTML §9.2.6): any kind of line end, data of several lines, comments,
 * a byte order mark, chunks cut anywhere. An event that is not complete at the end of the stream does not count.
 */
export function createSseDecoder(options: SseDecoderOptions = {}): SseDecoder {
  const { maxEventLength = 4 * 1024 * 1024, onRetry } = options
  const utf8 = new TextDecoder()
  let events: SseEvent[] = []
  let tooLong = false
  const parser = createParser({
    maxBufferSize: maxEventLength,
    onRetry,
    onEvent(event) {
      // The parser bounds what it keeps between chunks; an event within one chunk it hands out as it is.
      if (event.data.length > maxEventLength) tooLong = true
      else events.push(event)
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') tooLong = true
    },
  })
  const feed = (text: string): SseEvent[] => {
    events = []
    if (!tooLong) parser.feed(text)
    if (tooLong) {
      throw new PfError('PF_REMOTE_RESPONSE', `The peer sent an event longer than ${maxEventLength} characters.`, {
        details: { maxEventLength },
      })
    }
    return events
  }
  return {
    push: (chunk) => feed(utf8.decode(chunk, { stream: true })),
    end: () => feed(`${utf8.decode()}\n\n`),
  }
}
