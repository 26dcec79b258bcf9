import { expect, it } from 'vitest'
import { EndOfTurn } from './end-of-turn'

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('hands on what was held in one turn when that ends, in order', async () => {
  const end = new EndOfTurn<number>()
  const seen: number[] = []
  for (const value of [1, 2, 3]) void end.hold(value).then((one) => seen.push(one))
  await Promise.resolve()
  expect(seen).toEqual([])
  await turn()
  expect(seen).toEqual([1, 2, 3])
})

it('begins anew with the next turn', async () => {
  const end = new EndOfTurn<number>()
  const seen: number[] = []
  const again = end.hold(1).then((one) => {
    seen.push(one)
    void end.hold(2).then((next) => seen.push(next))
  })
  await again
  expect(seen).toEqual([1])
  await turn()
  expect(seen).toEqual([1, 2])
})
