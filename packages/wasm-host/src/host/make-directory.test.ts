import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkDirectory, makeDirectory } from './make-directory'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pf-directory-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const what = 'The data directory (--data)'

it('makes a directory with those above it, and takes one that is there', () => {
  const directory = join(folder, 'a/b/c')
  makeDirectory(directory, what)
  makeDirectory(directory, what)
  expect(existsSync(directory)).toBe(true)
})

it.each([makeDirectory, checkDirectory])('%o says what is wrong with a place where there is a file', (call) => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const told = (path: string, why: string) => ({
    code: 'PF_CONFIG_INVALID',
    message: `${what} can not be used: ${path}: ${why}. Name a directory that can be written to.`,
  })
  expect(() => call(file, what)).toThrow(expect.objectContaining(told(file, 'a part of the path is a file (ENOTDIR)')))
  const below = join(file, 'x/y')
  expect(() => call(below, what)).toThrow(
    expect.objectContaining(told(below, 'a part of the path is a file (ENOTDIR)')),
  )
})

it('looks without making anything', () => {
  checkDirectory(folder, what)
  checkDirectory(join(folder, 'a/b'), what)
  expect(existsSync(join(folder, 'a'))).toBe(false)
})

it.runIf(existsSync('/proc/self'))('ends where the file system makes no directories', () => {
  expect(() => makeDirectory('/proc/pf/x', what)).toThrow('/proc/pf/x: no directory can be made there (ENOENT).')
})

it('says that a directory can not be written to', (context) => {
  if (process.getuid?.() === 0) context.skip('root may write everywhere')
  chmodSync(folder, 0o500)
  expect(() => makeDirectory(folder, what)).toThrow('this user may not write there (EACCES)')
  expect(() => makeDirectory(join(folder, 'x'), what)).toThrow('this user may not write there (EACCES)')
})
