import { createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { fairShare, FairShares } from './fair-shares'

describe('fairShare', () => {
  it('is all that one may have while nobody else has any, and shrinks with what others have', () => {
    expect(fairShare(16, 0, 32)).toBe(16)
    expect(fairShare(16, 8, 32)).toBe(12)
    expect(fairShare(16, 31, 32)).toBe(0.5)
    expect(fairShare(16, 32, 32)).toBe(0)
    expect(fairShare(100, 0, 32)).toBe(32)
  })

  it('leaves something however many take all they may, one after the other', () => {
    let taken = 0
    for (let caller = 0; caller < 40; caller++) {
      const share = fairShare(1_000, taken, 8_000)
      // An eighth of what is left.
      expect(share).toBeCloseTo((8_000 - taken) / 8)
      taken += Math.floor(share)
    }
    expect(taken).toBeLessThan(8_000)
    expect(fairShare(1_000, taken, 8_000)).toBeGreaterThan(4)
  })
})

describe('FairShares', () => {
  it('lets one have half of the slots, the next half of the rest, and everybody one while there are any', () => {
    const slots = new FairShares(16, 32)
    const all = (name: string) => {
      let count = 0
      for (; slots.left > 0 && slots.hasRoom(name); count++) slots.add(name)
      return count
    }
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(all)).toEqual([16, 8, 4, 2, 1, 1, 0])
    expect([...slots.full()]).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    slots.remove('a')
    // Of what is freed, those who have more than their share get nothing, and those who have none get one.
    expect([all('a'), all('b'), all('e'), all('g'), slots.left]).toEqual([0, 0, 0, 1, 0])
    expect(slots.hasRoom('h')).toBe(true)
  })

  it('keeps count of what was added and removed, and of nobody who has none', () => {
    const slots = new FairShares(4, 8)
    const random = createSeededRandom(3)
    const held: string[] = []
    for (let step = 0; step < 5_000; step++) {
      const name = `c-${random.below(5)}`
      if (random.below(2) === 0 && slots.left > 0 && slots.hasRoom(name)) {
        slots.add(name)
        held.push(name)
      } else if (held.length > 0) slots.remove(held.splice(random.below(held.length), 1)[0] as string)
      expect(slots.left).toBe(8 - held.length)
      expect(slots.of(name)).toBe(held.filter((one) => one === name).length)
    }
    for (const name of held) slots.remove(name)
    expect([slots.left, [...slots.full()]]).toEqual([8, []])
    slots.add('a')
    slots.clear()
    expect([slots.left, slots.of('a')]).toEqual([8, 0])
  })
})
