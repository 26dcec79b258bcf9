import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UsableCache } from './usable-cache'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pf-usable-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('is the directory that is named', async () => {
  using cache = new UsableCache(join(folder, 'made'))
  expect(await cache.use(async (directory) => directory)).toBe(join(folder, 'made'))
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

it('does the work again elsewhere where the disk is full, and says so once', async () => {
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  const used: string[] = []
  using cache = new UsableCache(folder)
  const work = async (directory: string) => {
    used.push(directory)
    if (directory === folder) throw full
    return 'done'
  }
  expect([await cache.use(work), await cache.use(work)]).toEqual(['done', 'done'])
  expect(used).toEqual([folder, cache.directory, cache.directory])
  expect(cache.problems).toEqual([expect.stringContaining('no space left')])
})

it('passes on what is wrong with the work itself', async () => {
  using cache = new UsableCache(folder)
  await expect(cache.use(() => Promise.reject(new Error('invalid')))).rejects.toThrow('invalid')
  expect(cache.problems).toEqual([])
})
