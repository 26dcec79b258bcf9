import { expect, it } from 'vitest'
import { type Cut, placeOfCut, recordCut } from './cut'
import { isCut, readState, writeState } from './fit-state'

const prints = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => `step-${from + at}`)

it('holds for the history it was made of, as long as that grows', () => {
  const cut = recordCut(prints(0, 20), 10, [2, 7])
  expect(cut.kept).toEqual([8, 3])
  expect(placeOfCut(cut, prints(0, 20))).toBe(10)
  expect(placeOfCut(cut, prints(0, 200))).toBe(10)
})

it('holds where the oldest steps are gone, and moves with them', () => {
  const cut = recordCut(prints(0, 90), 50, [])
  for (const gone of [1, 10, 40, 46]) expect(placeOfCut(cut, prints(gone, 120))).toBe(50 - gone)
})

it('does not hold for another history', () => {
  const cut = recordCut(prints(0, 20), 10, [])
  const changed = prints(0, 20)
  changed[3] = 'other'
  expect(placeOfCut(cut, changed)).toBeUndefined()
  expect(placeOfCut(cut, prints(100, 120))).toBeUndefined()
  expect(placeOfCut(cut, prints(0, 9))).toBeUndefined()
  expect(placeOfCut(cut, [])).toBeUndefined()
})

it('is not placed by a few steps that happen to be alike', () => {
  const cut = recordCut(prints(0, 20), 10, [])
  expect(placeOfCut(cut, ['step-9', 'step-10', 'other'])).toBeUndefined()
  expect(placeOfCut(cut, [...prints(4, 10), 'other'])).toBeUndefined()
})

it('is plain JSON, and is not read where it is damaged', () => {
  const cut = recordCut(prints(0, 20), 10, [1], 'They met.')
  const read = readState('s', JSON.parse(JSON.stringify(writeState('s', { cut, ratio: 1.2 }))) as never)
  expect(read).toEqual({ cut, ratio: 1.2 })
  for (const damaged of [
    undefined,
    null,
    {},
    { ...cut, tail: 'x' },
    { ...cut, kept: null },
    { ...cut, count: '10' },
  ] as Cut[])
    expect(isCut(damaged)).toBe(false)
  expect(readState('other', writeState('s', { cut }))).toEqual({})
})
