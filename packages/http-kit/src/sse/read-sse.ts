import { abortReason } from '../time/abort'
import { createSseDecoder, type SseDecoderOptions } from './sse-decoder'
import type { SseEvent } from './sse-event'

/** Options of {@link readSse}. */
export interface ReadSseOptions extends SseDecoderOptions {
  /** Ends the reading: the stream is canceled and the iteration throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** Called for every chunk, heartbeats included: to restart an idle timeout, or to count. What it throws ends the reading. */
  onChunk?: ((chunk: Uint8Array) => void) | undefined
}

/**
 * Reads the events of a response's body. Leaving the loop cancels the body; a broken connection throws.
 *
 * @throws PfError PF_REMOTE_RESPONSE where an event is longer than `maxEventLength`
 *
 * @example
 * ```ts
 * for await (const event of readSse(response.body)) console.log(event.data)
 * ```
 */
export async function* readSse(
  body: ReadableStream<Uint8Array>,
  options: ReadSseOptions = {},
): AsyncGenerator<SseEvent, void, undefined> {
  const { signal, onChunk } = options
  const decoder = createSseDecoder(options)
  const reader = body.getReader()
  const stop = (reason?: unknown) => void reader.cancel(reason).catch(() => {})
  // Canceling settles the read that is pending.
  const onAbort = () => stop(abortReason(signal as AbortSignal))
  let ended = false
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (signal?.aborted) throw abortReason(signal)
      if (done) {
        ended = true
        return
      }
      onChunk?.(value)
      for (const event of decoder.push(value)) {
        yield event
        if (signal?.aborted) throw abortReason(signal)
      }
      if (decoder.failure) throw decoder.failure
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    if (!ended) stop()
    reader.releaseLock()
  }
}
