import type { HandlerEnd } from '../agent/skill'
import type { RunEvent } from '../event/run-event'
import { isReply, type Reply } from '../reply/reply'
import { isPromise } from './awaitable'
import type { Run } from './run'

type Yielded = RunEvent | Reply | string

/** Whether a handler gave a stream of events. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<Yielded> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Events after which the host has its turn, whether or not the handler ever waits for anything. */
const turnAfter = 256

/**
 * Emits what a handler yields, as it yields it; strings are text of one reply. Ends with the reply it yields or returns.
 * The handler is held back while commits lag behind, and is ended when the run is aborted.
 */
export async function consume(run: Run, iterable: AsyncIterable<Yielded>): Promise<HandlerEnd> {
  const writer = run.promote()
  const iterator = iterable[Symbol.asyncIterator]() as AsyncIterator<Yielded, HandlerEnd>
  let textId: string | undefined
  let isDone = false
  let sinceTurn = 0
  try {
    for (;;) {
      const next = await run.guard(iterator.next())
      if (next.done) {
        isDone = true
        return next.value
      }
      const item = next.value
      if (isReply(item)) return item
      if (typeof item !== 'string') run.emit(item)
      else {
        if (textId === undefined) {
          textId = run.services.random.id()
          run.emit({ type: 'text-start', messageId: textId })
        }
        run.emit({ type: 'text-delta', messageId: textId, delta: item })
      }
      const room = writer.room()
      if (isPromise(room)) await run.guard(room)
      // A handler that never waits would starve everything else: cancels, deadlines, and whoever reads what it yields.
      if (++sinceTurn === turnAfter) {
        sinceTurn = 0
        await hostTurn(run)
      }
    }
  } finally {
    if (textId !== undefined) run.emit({ type: 'text-end', messageId: textId })
    if (!isDone) endIterator(iterator)
  }
}

/** Not waited for: a handler that ignores the end must not hold the run. */
function endIterator(iterator: AsyncIterator<Yielded, HandlerEnd>): void {
  try {
    Promise.resolve(iterator.return?.()).catch(() => {})
  } catch {}
}

async function hostTurn(run: Run): Promise<void> {
  let cancel = (): void => {}
  const turn = new Promise<void>((resolve) => {
    cancel = run.services.clock.after(0, resolve)
  })
  try {
    await run.guard(turn)
  } finally {
    cancel()
  }
}
