import { afterAll, beforeAll, expect } from 'vitest'

/** For a whole test file: promises may fail only where somebody hears of it. */
export function expectNothingUnhandled(): void {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
  beforeAll(() => void process.on('unhandledRejection', onUnhandled))
  afterAll(async () => {
    // What the last test left behind is told a turn later.
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', onUnhandled)
    expect(unhandled).toEqual([])
  })
}
