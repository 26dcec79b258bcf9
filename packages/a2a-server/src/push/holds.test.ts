import { expect, it } from 'vitest'
import { Holds } from './holds'

it('counts what is held by each name, and what is given back once', () => {
  const holds = new Holds()
  const [one, two, other] = [holds.take('a'), holds.take('a'), holds.take('b')]
  expect([one.count, two.count, other.count]).toEqual([1, 2, 1])
  one.release()
  one.release()
  expect(holds.take('a').count).toBe(2)
  other.release()
  expect(holds.take('b').count).toBe(1)
})
