import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { cassetteFile } from './cassette-file'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pf-cassette-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const address = 'http://provider.example/v1'
const online = async () => new Response('hello')
const offline = async () => Promise.reject(new Error('went out'))

it('records once, and replays without the network', async () => {
  const file = join(folder, 'deep/one.json')
  const first = await cassetteFile(file, { mode: 'auto', fetch: online })
  expect(first.mode).toBe('record')
  expect(await (await first.fetch(address)).text()).toBe('hello')
  await first.close()
  expect(readdirSync(join(folder, 'deep'))).toEqual(['one.json'])
  expect(readFileSync(file, 'utf8')).toMatch(/^\{\n {2}"version": 1,/)

  for (const mode of ['auto', 'replay'] as const) {
    const second = await cassetteFile(file, { mode, fetch: offline })
    expect(second.mode).toBe('replay')
    await expect(second.close()).rejects.toThrow('nobody asked for')
    expect(await (await second.fetch(address)).text()).toBe('hello')
    await second.close()
  }
})

it('does not go out where there is nothing to replay', async () => {
  await expect(cassetteFile(join(folder, 'none.json'), { fetch: online })).rejects.toMatchObject({
    code: 'PF_CONFIG_INVALID',
    message: expect.stringContaining("mode: 'record'"),
  })
})

it('record makes it anew', async () => {
  const file = join(folder, 'one.json')
  for (const text of ['old', 'new']) {
    const tape = await cassetteFile(file, { mode: 'record', fetch: async () => new Response(text) })
    await (await tape.fetch(address)).text()
    await tape.close()
  }
  expect(readFileSync(file, 'utf8')).toContain('new')
  expect(readFileSync(file, 'utf8')).not.toContain('old')
})
