import { expect, it } from 'vitest'
import { createSeededRandom } from './seeded-random'

it('gives the same for the same seed, and ids in UUID v4 form that do not repeat', () => {
  const [a, b, other] = [createSeededRandom(5), createSeededRandom(5), createSeededRandom(6)]
  const ids = new Set<string>()
  for (let index = 0; index < 2_000; index++) {
    const id = a.id()
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(b.id()).toBe(id)
    ids.add(id)
  }
  expect(ids.size).toBe(2_000)
  expect(other.id()).not.toBe(createSeededRandom(5).id())
})

it('spreads evenly', () => {
  const random = createSeededRandom(1)
  const counts = new Array<number>(10).fill(0)
  for (let index = 0; index < 10_000; index++) counts[random.below(10)]!++
  for (const count of counts) expect(count).toBeGreaterThan(800)
  for (let index = 0; index < 1_000; index++) {
    const fraction = random.fraction()
    expect(fraction).toBeGreaterThanOrEqual(0)
    expect(fraction).toBeLessThan(1)
  }
})
