import { describe, expect, it } from 'vitest'
import { keepRandomGet, renameImport, type Splicer } from './random-get-fix'

const ascii = (text: string) => Buffer.from(text, 'latin1')
const named = (module: string, field: string) =>
  `${String.fromCharCode(module.length)}${module}${String.fromCharCode(field.length)}${field}`
/** A module with what stands around the import in a real one: other imports of the same module, and the name in data. */
const module = (from = 'wasi_snapshot_preview1') =>
  new Uint8Array(
    ascii(
      `\0asm${named('wasi_snapshot_preview1', 'fd_write')}\0\x01${named(from, 'random_get')}\0\x02wasi_snapshot_preview1 random_get`,
    ),
  )
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

describe('renameImport', () => {
  it('renames the one import of random_get and nothing else, in a copy', () => {
    const before = module()
    const renamed = renameImport(before, 'wasi_snapshot_preview1', 'wasi_snapshot_previewX')
    expect(text(renamed)).toBe(text(module('wasi_snapshot_previewX')))
    expect(text(before)).toBe(text(module()))
    expect(text(renameImport(renamed, 'wasi_snapshot_previewX', 'wasi_snapshot_preview1'))).toBe(text(before))
  })

  it('fails where there is no such import, or more than one', () => {
    const twice = Buffer.concat([module(), module()])
    for (const bytes of [new Uint8Array(0), module('wasi_snapshot_previewX'), twice]) {
      expect(() => renameImport(bytes, 'wasi_snapshot_preview1', 'wasi_snapshot_previewX')).toThrow(
        'componentize-js has changed',
      )
    }
  })
})

describe('keepRandomGet', () => {
  it('hides the import from the pass, and brings it back behind it', () => {
    const seen: unknown[] = []
    const splicer: Splicer = {
      stubWasi(bytes, ...rest) {
        seen.push(text(bytes), ...rest)
        return bytes
      },
    }
    keepRandomGet(splicer)
    keepRandomGet(splicer)
    expect(text(splicer.stubWasi(module(), ['random'], 'wit'))).toBe(text(module()))
    expect(seen).toEqual([text(module('wasi_snapshot_previewX')), ['random'], 'wit'])
  })
})
