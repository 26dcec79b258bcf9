import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UsableCache } from './usable-cache'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pf-usable-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('is the directory that is named', () => {
  using cache = new UsableCache(join(folder, 'made'))
  expect(cache.directory).toBe(join(folder, 'made'))
  expect(cache.problems).toEqual([])
})

it('is a temporary one, which goes with the build, where that can not be made', () => {
  writeFileSync(join(folder, 'file'), '')
  let directory: string
  {
    using cache = new UsableCache(join(folder, 'file'))
    directory = cache.directory
    expect(existsSync(directory)).toBe(true)
    expect(cache.problems).toEqual([expect.stringContaining('ENOTDIR')])
  }
  expect(existsSync(directory)).toBe(false)
})

it('is a temporary one for a user without a home directory, who is told what to do', () => {
  using cache = new UsableCache(undefined)
  expect(existsSync(cache.directory)).toBe(true)
  expect(cache.problems).toEqual([expect.stringContaining('name a cache directory with PF_CACHE')])
})

it('can be left for a temporary one, once', () => {
  using cache = new UsableCache(folder)
  cache.leave('The disk is full.')
  const { directory } = cache
  expect([directory === folder, existsSync(directory)]).toEqual([false, true])
  cache.leave('It still is.')
  expect(cache.directory).toBe(directory)
  expect(cache.problems[0]).toBe('Nothing of this build is kept for the next one. The disk is full.')
})
