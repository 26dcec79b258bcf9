import { expect, it } from 'vitest'
import { EndOfTurn } from './end-of-turn'

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('hands on what was held in one turn when that ends, in order', async () => {
  const end = new EndOfTurn<number>()
  const seen: number[] = []
  for (const value of [1, 2, 3]) end.hold(value, (one) => seen.push(one))
  await Promise.resolve()
  expect(seen).toEqual([])
  await turn()
  expect(seen).toEqual([1, 2, 3])
})

it('begins anew with the next turn', async () => {
  const end = new EndOfTurn<number>()
  const seen: number[] = []
  const again = new Promise<void>((resolve) => {
    end.hold(1, (one) => {
      seen.push(one)
      end.hold(2, (next) => seen.push(next))
      resolve()
    })
  })
  await again
  expect(seen).toEqual([1])
  await turn()
  expect(seen).toEqual([1, 2])
})
