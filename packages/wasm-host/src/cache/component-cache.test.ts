// @node24-only: what is kept of a component is the same on every Node
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareTestGuest } from '../../test/test-host'
import { buildGuest } from '../../test/build-guest'
import { testGuest } from '../../test/test-guest'
import { compileModules } from './compile-modules'
import { loadComponent } from './component-cache'

let directory: string
let component: Uint8Array
beforeAll(async () => {
  await prepareTestGuest()
  component = new Uint8Array(await readFile(await buildGuest(testGuest)))
  directory = await mkdtemp(join(tmpdir(), 'pf-wasm-cache-'))
}, 120_000)
afterAll(() => rm(directory, { recursive: true }))

describe('component cache', () => {
  test('a component is prepared once, by content', async () => {
    expect((await loadComponent(component, directory)).built).toBe(true)
    const again = await loadComponent(component.slice(), directory)
    expect(again.built).toBe(false)
    expect(Object.keys(again.files)).toEqual(expect.arrayContaining(['core-0.wasm', 'core-1.wasm', 'memory']))
    expect(again.plan.interfaces.exports).toContain('pf:agent/discovery@1.0.0')
  })

  test.each([
    [
      'a changed file',
      async (entry: string) => writeFile(join(entry, 'core-2.wasm'), new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
    ],
    ['a cut file', async (entry: string) => truncate(join(entry, 'core-0.wasm'), 1000)],
    ['a missing file', async (entry: string) => rm(join(entry, 'memory'))],
    ['a broken manifest', async (entry: string) => writeFile(join(entry, 'manifest.json'), '{"files":')],
    [
      'a file in the place of the folder',
      async (entry: string) => {
        await rm(entry, { recursive: true })
        await writeFile(entry, '')
      },
    ],
    [
      'an empty folder',
      async (entry: string) => Promise.all((await readdir(entry)).map((name) => rm(join(entry, name)))),
    ],
  ])('%s is found out and the entry made again', async (_, damage) => {
    const sound = await loadComponent(component, directory)
    await damage(sound.directory as string)
    const repaired = await loadComponent(component, directory)
    expect(repaired.built).toBe(true)
    expect(repaired.directory).toBe(sound.directory)
    expect((await loadComponent(component, directory)).built).toBe(false)
    expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('what can not be kept is given all the same, and says why', async () => {
    const file = join(directory, 'file')
    await writeFile(file, '')
    for (const [cache, why] of [
      [file, 'a part of the path is a file (ENOTDIR)'],
      [undefined, 'name a cache directory with PF_CACHE'],
    ] as const) {
      const problems: string[] = []
      const loaded = await loadComponent(component, cache, (problem) => problems.push(problem))
      expect([loaded.built, Object.keys(loaded.files)]).toEqual([true, expect.arrayContaining(['core-0.wasm'])])
      expect(problems).toEqual([expect.stringContaining(why)])
      expect(problems[0]).not.toContain('\n')
    }
    await rm(file)
  })

  test('two at once leave one sound entry', async () => {
    const fresh = await mkdtemp(join(tmpdir(), 'pf-wasm-cache-'))
    await Promise.all([loadComponent(component, fresh), loadComponent(component, fresh)])
    expect(await readdir(fresh)).toHaveLength(1)
    expect((await loadComponent(component, fresh)).built).toBe(false)
    await rm(fresh, { recursive: true })
  })

  test('a component this host does not run is refused by name, one with a broken module when it is compiled', async () => {
    await expect(loadComponent(await parse('(component (import "f" (func)))'), directory)).rejects.toMatchObject({
      code: 'PF_COMPONENT_INVALID',
      message: expect.stringContaining('the import f'),
    })
    const broken = await loadComponent(await parse('(component (core module (func (result i32))))'), directory)
    await expect(compileModules(broken, 64)).rejects.toMatchObject({
      code: 'PF_COMPONENT_INVALID',
      message: expect.stringContaining('core module'),
    })
  })

  test('what is not a component is refused', async () => {
    await expect(loadComponent(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), directory)).rejects.toMatchObject({
      code: 'PF_COMPONENT_INVALID',
    })
  })
}, 60_000)
