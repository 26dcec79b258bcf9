import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadBuild } from './kept-builds'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pf-builds-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function build(text: string, again = false): Promise<[string, boolean]> {
  const { component, cached } = await loadBuild(folder, 'key', async () => new TextEncoder().encode(text), { again })
  return [new TextDecoder().decode(component), cached]
}

it('keeps a component', async () => {
  expect(await build('one')).toEqual(['one', false])
  expect(await build('two')).toEqual(['one', true])
})

it.each<[string, (file: Buffer) => Uint8Array]>([
  ['is empty', () => new Uint8Array()],
  ['is cut', (file) => file.subarray(0, -1)],
  ['is another', () => Buffer.from('one')],
  ['changed in one bit', (file) => Buffer.concat([file.subarray(0, -1), Buffer.from([(file.at(-1) ?? 0) ^ 1])])],
])('makes a component again whose file %s, and replaces it', async (_, damage) => {
  await build('one')
  const file = join(folder, readdirSync(folder)[0] as string)
  writeFileSync(file, damage(readFileSync(file)))
  expect(await build('two')).toEqual(['two', false])
  expect(await build('three')).toEqual(['two', true])
})

it('makes one again where that is wanted, and keeps the new one', async () => {
  await build('one')
  expect(await build('two', true)).toEqual(['two', false])
  expect(await build('three')).toEqual(['two', true])
})
