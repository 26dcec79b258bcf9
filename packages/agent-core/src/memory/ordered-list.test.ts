import { describe, expect, test } from 'vitest'
import { OrderedList } from './ordered-list'

/** A small generator with a seed, so that a failure can be run again. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function contents(list: OrderedList<number>): number[] {
  const found: number[] = []
  list.up(0, (item) => found.push(item) > 0)
  return found
}

describe('OrderedList', () => {
  test('agrees with a sorted array through 20,000 random changes', () => {
    const random = randomOf(7)
    const list = new OrderedList<number>((a, b) => a - b)
    const model = new Set<number>()
    for (let step = 0; step < 20_000; step++) {
      const item = Math.floor(random() * 5_000)
      if (model.has(item)) {
        expect(list.remove(item)).toBe(true)
        model.delete(item)
      } else {
        expect(list.remove(item)).toBe(false)
        list.add(item)
        model.add(item)
      }
      if (step % 1_000 !== 0) continue
      const sorted = [...model].toSorted((a, b) => a - b)
      expect(contents(list)).toEqual(sorted)
      expect(list.size).toBe(sorted.length)
      const place = list.countBefore((other) => other < item)
      expect(place).toBe(sorted.filter((other) => other < item).length)
      const below: number[] = []
      list.down(place, (other) => below.push(other) < 10)
      expect(below).toEqual(sorted.slice(0, place).toReversed().slice(0, 10))
      const above: number[] = []
      list.up(place, (other) => above.push(other) < 10)
      expect(above).toEqual(sorted.slice(place, place + 10))
    }
  })

  test('takes items that come in order, leave at the front, and takes none twice', () => {
    const list = new OrderedList<number>((a, b) => a - b)
    for (let item = 0; item < 3_000; item++) {
      list.add(item)
      if (item >= 1_000) expect(list.remove(item - 1_000)).toBe(true)
    }
    expect(contents(list)).toEqual(Array.from({ length: 1_000 }, (_, index) => 2_000 + index))
  })
})
