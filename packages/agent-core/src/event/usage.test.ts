import { expect, it } from 'vitest'
import { addUsage, type Usage } from './usage'

it('adds field by field; what can not have been used counts for nothing', () => {
  expect(addUsage<Usage>({ turns: 1, inputTokens: 5 }, { inputTokens: 2, costUsd: 0.5 })).toEqual({
    turns: 1,
    inputTokens: 7,
    costUsd: 0.5,
  })
  for (const odd of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '5', null, undefined] as unknown as number[])
    expect(addUsage<Usage>({ costUsd: 1 }, { costUsd: odd, inputTokens: odd })).toEqual({ costUsd: 1 })
})
