import type { Clock } from '@pf-agents/agent-core'

/**
 * A body of frames, each after a wait; at the end it closes, breaks or goes silent. Pulled, so that what was sent
 * before the break is read before it: an error discards what is queued.
 */
export function faultyBody(
  frames: readonly string[],
  fault: 'cut' | 'stall' | undefined,
  paceMs: number,
  clock: Clock,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let at = 0
  let cancelWait: (() => void) | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const frame = frames[at++]
        if (frame !== undefined) {
          if (paceMs > 0) await new Promise<void>((resolve) => (cancelWait = clock.after(paceMs, resolve)))
          controller.enqueue(encoder.encode(frame))
        } else if (fault === 'cut') controller.error(new TypeError('terminated'))
        else if (fault === 'stall') await new Promise(() => {})
        else controller.close()
      },
      cancel() {
        cancelWait?.()
      },
    },
    { highWaterMark: 0 },
  )
}
