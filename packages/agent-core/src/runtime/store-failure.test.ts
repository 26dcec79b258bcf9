import { expect, it } from 'vitest'
import { PfError } from '../error/pf-error'
import { storeFailure } from './store-failure'

const codeOf = (error: unknown, commit: unknown = {}): string => storeFailure(error, commit).code

it('tells what JSON can not carry as what it is, and leaves everything else to the store', () => {
  const loop: { self?: unknown } = {}
  loop.self = loop
  const failed = new Error('database is locked')
  expect(storeFailure(failed, {})).toMatchObject({ code: 'PF_STORE_UNAVAILABLE', cause: failed })
  for (const commit of [{ n: 1n }, loop]) expect(codeOf(failed, commit)).toBe('PF_CONFIG_INVALID')
  expect(codeOf(new PfError('PF_STORE_CONFLICT'), { n: 1n })).toBe('PF_STORE_CONFLICT')
})

it('tells a lack of memory as that, in the store and where the commit is looked at', () => {
  // StarlingMonkey throws this very string.
  const exhausted = {
    toJSON() {
      throw 'out of memory' as unknown as Error
    },
  }
  expect(codeOf('out of memory', { n: 1n })).toBe('PF_GUEST_MEMORY')
  expect(codeOf(new PfError('PF_STORE_UNAVAILABLE', undefined, { cause: 'out of memory' }))).toBe('PF_GUEST_MEMORY')
  expect(codeOf(new Error('no'), exhausted)).toBe('PF_GUEST_MEMORY')
  const own = new PfError('PF_GUEST_MEMORY')
  expect(storeFailure(own, {})).toBe(own)
})

it('does not take a text or a depth that is too much for the engine for a fault of the handler', () => {
  const tooLong = {
    toJSON() {
      throw new RangeError('Invalid string length')
    },
  }
  expect(codeOf(new Error('no'), tooLong)).toBe('PF_STORE_UNAVAILABLE')
})
