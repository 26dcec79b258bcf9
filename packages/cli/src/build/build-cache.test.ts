import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BuildCache } from './build-cache'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pf-cache-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (file: Uint8Array) => new TextDecoder().decode(file)

it('makes a component once', async () => {
  const cache = new BuildCache(folder)
  expect(await cache.load('a', async () => bytes('first'))).toMatchObject({ cached: false })
  const again = await cache.load('a', async () => bytes('second'))
  expect([text(again.bytes), again.cached]).toEqual(['first', true])
})

it('makes it once for several who want it at the same time', async () => {
  let made = 0
  const make = async () => {
    made++
    await new Promise((resolve) => setTimeout(resolve, 50))
    return bytes('one')
  }
  const all = await Promise.all([1, 2, 3].map(() => new BuildCache(folder).load('a', make)))
  expect(made).toBe(1)
  expect(all.map(({ bytes }) => text(bytes))).toEqual(['one', 'one', 'one'])
})

it('keeps nothing of a build that failed, and lets the next one try', async () => {
  const cache = new BuildCache(folder)
  await expect(cache.load('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(readdirSync(folder)).toEqual([])
  expect((await cache.load('a', async () => bytes('yes'))).cached).toBe(false)
})

it('takes over from a process that died while it built', async () => {
  const lock = join(folder, 'a.lock')
  mkdirSync(lock)
  utimesSync(lock, new Date(0), new Date(0))
  expect((await new BuildCache(folder).load('a', async () => bytes('x'))).cached).toBe(false)
})

it('makes again what is not sound, and replaces it', async () => {
  const cache = new BuildCache(folder)
  await cache.load('a', async () => bytes('damaged'))
  const isSound = (kept: Uint8Array) => text(kept) === 'whole'
  const made = await cache.load('a', async () => bytes('whole'), { isSound })
  expect([text(made.bytes), made.cached]).toEqual(['whole', false])
  const again = await cache.load('a', async () => bytes('again'), { isSound })
  expect([text(again.bytes), again.cached]).toEqual(['whole', true])
})

it('makes it again where that is wanted, and keeps the new one', async () => {
  const cache = new BuildCache(folder)
  await cache.load('a', async () => bytes('first'))
  const made = await cache.load('a', async () => bytes('second'), { again: true })
  expect([text(made.bytes), made.cached]).toEqual(['second', false])
  expect(text((await cache.load('a', async () => bytes('third'))).bytes)).toBe('second')
})

it('gives what was made where it can not be kept, says so once, and leaves nothing behind', async () => {
  const problems: string[] = []
  const onProblem = (problem: string) => void problems.push(problem)
  // A file where the directory should be; the lock's place taken by one; a folder in the place of the file.
  writeFileSync(join(folder, 'file'), '')
  writeFileSync(join(folder, 'b.lock'), '')
  mkdirSync(join(folder, 'c.wasm'))
  const before = readdirSync(folder)
  for (const [directory, key] of [
    [join(folder, 'file'), 'a'],
    [folder, 'b'],
    [folder, 'c'],
  ] as const) {
    const made = await new BuildCache(directory).load(key, async () => bytes('made'), { onProblem })
    expect([text(made.bytes), made.cached]).toEqual(['made', false])
  }
  expect(problems).toHaveLength(3)
  expect(readdirSync(folder)).toEqual(before)
})

it('removes files that a build left unfinished long ago', async () => {
  for (const name of ['old.tmp', 'new.tmp']) writeFileSync(join(folder, name), '')
  utimesSync(join(folder, 'old.tmp'), new Date(0), new Date(0))
  await new BuildCache(folder).load('a', async () => bytes('x'))
  expect(readdirSync(folder).toSorted()).toEqual(['a.wasm', 'new.tmp'])
})

it('forgets the components used longest ago', async () => {
  const cache = new BuildCache(folder)
  for (let index = 0; index < 41; index++) {
    await cache.load(`k${index}`, async () => bytes('x'))
    utimesSync(join(folder, `k${index}.wasm`), new Date(index * 1000), new Date(index * 1000))
  }
  await cache.load('k0', async () => bytes('remade'))
  const names = readdirSync(folder)
  expect(names).toHaveLength(40)
  expect(names).toContain('k0.wasm')
  expect(names).not.toContain('k1.wasm')
})

it('gives different parts different keys, however they are cut', () => {
  expect(BuildCache.key('ab', 'c')).not.toBe(BuildCache.key('a', 'bc'))
})
