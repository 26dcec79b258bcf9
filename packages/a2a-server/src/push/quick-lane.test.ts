import { expect, it } from 'vitest'
import { QuickLane, quickMs } from './quick-lane'

it('has one slot for each caller, as many as there are', () => {
  const lane = new QuickLane(2)
  lane.add('a')
  expect([lane.left, lane.isOpenTo('a'), lane.isOpenTo('b')]).toEqual([1, false, true])
  lane.add('b')
  expect([lane.left, lane.isOpenTo('c')]).toEqual([0, false])
  lane.remove('a')
  expect([lane.left, lane.isOpenTo('a'), lane.isOpenTo('c'), [...lane.closedTo()]]).toEqual([1, true, true, ['b']])
  expect(new QuickLane(0).isOpenTo('a')).toBe(false)
})

it('is closed to a caller from a slow delivery on until a quick one', () => {
  const lane = new QuickLane(2)
  lane.learn('a', quickMs)
  lane.learn('b', quickMs - 1)
  expect([lane.isOpenTo('a'), lane.isOpenTo('b'), [...lane.closedTo()]]).toEqual([false, true, ['a']])
  lane.learn('a', 5)
  expect(lane.isOpenTo('a')).toBe(true)
})

it('knows a thousand slow callers, those that were so last', () => {
  const lane = new QuickLane(2)
  for (let n = 0; n < 1_000; n++) lane.learn(`c${n}`, quickMs)
  lane.learn('c0', quickMs)
  lane.learn('one more', quickMs)
  expect([lane.isOpenTo('c0'), lane.isOpenTo('c1'), lane.isOpenTo('c2')]).toEqual([false, true, false])
})
