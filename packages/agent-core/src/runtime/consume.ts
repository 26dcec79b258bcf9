import type { HandlerEnd } from '../agent/skill'
import type { RunEvent } from '../event/run-event'
import { isReply, type Reply } from '../reply/reply'
import type { Run } from './run'

/** Events that may wait for their commit before the handler is held back. */
const backlogLimit = 256

/** Whether a handler gave a stream of events. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<RunEvent | Reply | string> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/**
 * Emits what a handler yields, as it yields it; strings are text of one reply. Ends with the reply it yields or returns.
 * The handler is held back while commits lag behind, and is ended when the run is aborted.
 */
export async function consume(run: Run, iterable: AsyncIterable<RunEvent | Reply | string>): Promise<HandlerEnd> {
  const writer = run.promote()
  const iterator = iterable[Symbol.asyncIterator]() as AsyncIterator<RunEvent | Reply | string, HandlerEnd>
  let textId: string | undefined
  let done = false
  try {
    for (;;) {
      const next = await run.abort.race(iterator.next())
      if (next.done) {
        done = true
        return next.value
      }
      const item = next.value
      if (typeof item === 'string') {
        if (textId === undefined) {
          textId = run.services.random.id()
          run.emit({ type: 'text-start', messageId: textId })
        }
        run.emit({ type: 'text-delta', messageId: textId, delta: item })
      } else if (isReply(item)) return item
      else run.emit(item)
      if (writer.backlog >= backlogLimit) await writer.flush()
    }
  } finally {
    if (textId !== undefined) run.emit({ type: 'text-end', messageId: textId })
    // Not awaited: a handler that ignores the end must not hold the run.
    if (!done) Promise.resolve(iterator.return?.()).catch(() => {})
  }
}
