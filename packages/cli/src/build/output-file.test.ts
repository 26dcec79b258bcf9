import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkOutputFile } from './output-file'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pf-output-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('takes a file that is there or not, and leaves no trace', () => {
  writeFileSync(join(folder, 'there.wasm'), 'kept')
  for (const name of ['there.wasm', 'new.wasm', 'a/b/new.wasm']) checkOutputFile(join(folder, name))
  expect(readdirSync(folder)).toEqual(['there.wasm'])
})

it('refuses a directory, and what lies below a file', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => checkOutputFile(folder)).toThrow('is a directory. Name the file')
  expect(() => checkOutputFile(join(folder, 'file/x.wasm'))).toThrow('can not be used')
})

it('refuses where nothing can be made, whoever asks', (context) => {
  if (!existsSync('/proc/self')) context.skip('only Linux has a directory that takes nothing from anybody')
  for (const file of ['/proc/x.wasm', '/proc/none/x.wasm'])
    expect(() => checkOutputFile(file)).toThrow(
      expect.objectContaining({
        code: 'PF_CONFIG_INVALID',
        message: expect.stringContaining(file.slice(0, 6)) as string,
      }),
    )
})
