import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256 } from './sha256'

test('agrees with the platform at every length around the block size', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length).map((_, index) => (index * 31 + length) % 256)
    expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
  const long = new Uint8Array(100_000).fill(7)
  expect(sha256(long)).toBe(createHash('sha256').update(long).digest('hex'))
})
