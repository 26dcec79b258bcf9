import { expect, it } from 'vitest'
import { isOutOfMemory } from './out-of-memory'
import { PfError } from './pf-error'

it('knows what the engine of a component throws where it has no memory left', () => {
  expect(isOutOfMemory('out of memory')).toBe(true)
  expect(isOutOfMemory(new Error('out of memory'))).toBe(true)
  expect(isOutOfMemory(new PfError('PF_STORE_UNAVAILABLE', undefined, { cause: 'out of memory' }))).toBe(true)
})

it('takes nothing else for it', () => {
  const others = [undefined, null, 'memory', new Error('no'), new RangeError('too deep'), { message: 'out of memory' }]
  expect(others.map(isOutOfMemory)).toEqual(others.map(() => false))
})
