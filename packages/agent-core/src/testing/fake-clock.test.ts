import { expect, it } from 'vitest'
import { createFakeClock } from './fake-clock'

it('fires timers in order of time, then of age, and lets promises run between them', async () => {
  const clock = createFakeClock(0)
  const seen: string[] = []
  clock.after(20, () => void seen.push('b'))
  clock.after(10, () => {
    seen.push('a')
    void Promise.resolve().then(() => seen.push('a promise'))
    clock.after(10, () => void seen.push('c'))
  })
  const cancel = clock.after(15, () => void seen.push('never'))
  cancel()
  expect(clock.pending).toBe(2)
  await clock.advance(20)
  expect(seen).toEqual(['a', 'a promise', 'b', 'c'])
  expect(clock.now()).toBe(20)
  expect(clock.pending).toBe(0)
  expect(clock.started).toBe(4)
})

it('does not fire what is due later', async () => {
  const clock = createFakeClock()
  let fired = false
  clock.after(100, () => (fired = true))
  await clock.advance(99)
  expect(fired).toBe(false)
  await clock.advance(1)
  expect(fired).toBe(true)
})

it('moves on until a promise settles, however far that is', async () => {
  const clock = createFakeClock(0)
  const late = new Promise<string>((resolve) => clock.after(60_000, () => clock.after(60_000, () => resolve('done'))))
  await expect(clock.until(late)).resolves.toBe('done')
  expect(clock.now()).toBe(120_000)
  await expect(clock.until(Promise.reject(new Error('no')))).rejects.toThrow('no')
})

it('says so where timers never end', async () => {
  const clock = createFakeClock()
  const again = (): void => void clock.after(1, again)
  again()
  await expect(clock.run(50)).rejects.toThrow('50 timers fired')
})
