import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Run, usualSteps } from './run'
import { isLonger, isShorter, lengthOf } from './text-length'

function newRun(): Run {
  const run = { most: 1, mostSteps: usualSteps, steps: 0, levels: 0 } as unknown as Run & { first: Run }
  run.first = run
  return run
}

const million = 'x'.repeat(1_000_000)
const faces = '😀'.repeat(100_000)

describe('the length of a text', () => {
  it('is its characters, at every place where a piece may end', () => {
    for (const size of [65_534, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073])
      for (const end of ['😀', '😀😀', '\ud83d', '\ude00', '\ud83d\ud83d\ude00', '\ude00\ud83d', 'é'])
        for (const more of ['', 'x'.repeat(70_000)]) {
          const text = 'x'.repeat(size) + end + more
          expect(lengthOf(text, newRun())).toBe(Array.from(text).length)
        }
  })

  it('agrees with a count of every character', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '😀', '\ud83d', '\ude00'), { maxLength: 12 })
    fc.assert(
      fc.property(text, fc.nat(14), (parts, bound) => {
        const joined = parts.join('')
        const { length } = Array.from(joined)
        expect(isLonger(joined, bound, newRun())).toBe(length > bound)
        expect(isShorter(joined, bound, newRun())).toBe(length < bound)
      }),
      { numRuns: 5000, seed: 7 },
    )
  })

  it.each<[string, (run: Run) => boolean]>([
    ['far too long', (run) => isLonger(million, 10, run)],
    ['long enough for no doubt', (run) => isLonger(million, 1_000_000, run)],
    ['far too short', (run) => isShorter(million, 1_000_001, run)],
    ['short enough for no doubt', (run) => isShorter(million, 500_000, run)],
  ])('takes no step where it is %s', (_, decide) => {
    const run = newRun()
    decide(run)
    expect(run.steps).toBe(0)
  })

  it('takes a step for each pair, and for some characters, and is counted once', () => {
    const run = newRun()
    expect(isLonger(faces, 150_000, run)).toBe(false)
    expect(run.steps).toBeGreaterThanOrEqual(100_000)
    expect(run.steps).toBeLessThan(110_000)
    const { steps } = run
    expect([isShorter(faces, 100_001, run), isLonger(faces, 100_000, run), lengthOf(faces, run)]).toEqual([
      true,
      false,
      100_000,
    ])
    expect(run.steps).toBe(steps)
  })

  it('of a text that is too much to look through is not found', () => {
    const run = newRun()
    run.steps = 9_950_000
    expect(() => lengthOf(faces, run)).toThrow('takes too long')
  })
})
