/** Calls a function at most once in so many ms, however often it is asked to: a stream has more events than eyes see. */
export function soon(run: () => void, ms = 32): { ask(): void; now(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const now = (): void => {
    clearTimeout(timer)
    timer = undefined
    run()
  }
  return {
    ask: () => {
      timer ??= setTimeout(now, ms)
    },
    now,
  }
}
