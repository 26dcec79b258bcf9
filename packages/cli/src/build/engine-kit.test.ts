import { expect, it } from 'vitest'
import { type EngineKit, packKit, unpackKit } from './engine-kit'

const part = (size: number) => Uint8Array.from({ length: size }, (_, index) => index)
const kit: EngineKit = {
  engine: part(50),
  bindings: '{}',
  common: 'c',
  before: part(20),
  core: part(30),
  after: part(10),
}

it('reads what it wrote', () => {
  const read = unpackKit(packKit(kit)) as EngineKit
  for (const name of ['engine', 'before', 'core', 'after'] as const) expect([...read[name]]).toEqual([...kit[name]])
  expect([read.bindings, read.common]).toEqual(['{}', 'c'])
})

it('tells a world without a kit from a file without anything', () => {
  expect(unpackKit(packKit(undefined))).toBe('none')
  expect(unpackKit(new Uint8Array())).toBeUndefined()
})

it('takes no file that is cut anywhere, or has one byte changed', () => {
  const file = packKit(kit)
  for (let at = 0; at < file.byteLength; at++) {
    const changed = Uint8Array.from(file)
    changed[at] = (changed[at] as number) ^ 1
    expect([at, unpackKit(file.subarray(0, at)), unpackKit(changed)]).toEqual([at, undefined, undefined])
  }
})
