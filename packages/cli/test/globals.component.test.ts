// What the build says of Node's globals is so: an engine without them, a request that fails where it warned.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createWasmHost, type WasmHost } from '@pf-agents/wasm-host'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodeGlobals } from '../src/guard/node-globals'
import { runCli } from './run-cli'

const cacheDir = join(process.cwd(), 'node_modules/.cache/pf-agents')
const names = Object.keys(nodeGlobals)
const logged: string[] = []
let folder: string
let built: Awaited<ReturnType<typeof runCli>>
let host: WasmHost

const files = {
  'node_modules/legacy/package.json': '{ "name": "legacy", "main": "index.js" }',
  'node_modules/legacy/index.js': `exports.mode = process.env.NODE_ENV
exports.encode = (text) => Buffer.from(text).toString('base64')
exports.load = async (name) => { try { return await import(name) } catch { return 'caught' } }`,
  'app.ts': `import { createApp } from '@pf-agents/app'
import { defineAgent, defineFeature } from '@pf-agents/agent-core'
import { encode, load, mode } from 'legacy'
const get = (path: string, answer: () => unknown) =>
  ({ method: 'GET' as const, path, public: true, handle: async () => Response.json(await answer()) })
export default createApp(
  defineAgent({ name: 'globals', description: 'd', version: '1', onMessage: () => '' }),
  [defineFeature({ name: 'globals', targets: ['node', 'wasm'], setup: () => ({ routes: [
    get('/types', () => [${names.map((name) => `typeof ${name}`).join(', ')}]),
    get('/mode', () => mode), get('/encode', () => encode('x')), get('/load', () => load('./x.js')),
  ] }) })],
)`,
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pf-globals-')))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  built = await runCli(['build', 'app.ts', '-o', 'app.wasm', '--world', 'wasi-http'], {
    cwd: folder,
    env: { PF_CACHE: cacheDir },
  })
  host = await createWasmHost({
    component: join(folder, 'app.wasm'),
    stores: [],
    workers: 1,
    cacheDir: join(cacheDir, 'components'),
    onLog: ({ line }) => logged.push(line),
  })
}, 120_000)
afterAll(async () => {
  await host?.close()
  rmSync(folder, { recursive: true, force: true })
})

const get = (path: string) => host.fetch(new Request(`http://app${path}`))

it('builds with a warning for each package and global', () => {
  expect(built.code).toBe(0)
  expect(built.err.match(/^! .+$/gm)).toEqual([
    '! legacy uses the global Buffer without a check (legacy/index.js:2:28): a component has no Buffer. What gets there fails with a ReferenceError; try it in the component.',
    '! legacy loads modules by names that are only known later (legacy/index.js:3:53). A component is one file: a request that gets there ends with a trap (PF_GUEST_TRAP), which no catch prevents.',
  ])
})

it('has none of the globals, and is production', async () => {
  expect(await (await get('/types')).json()).toEqual(names.map(() => 'undefined'))
  expect(await (await get('/mode')).json()).toBe('production')
})

it('fails with a ReferenceError where a global is reached', async () => {
  expect((await get('/encode')).status).toBe(500)
  expect(logged.join('\n')).toMatch(/ReferenceError: Buffer is not defined/)
})

it('traps where a module is loaded by a computed name', async () => {
  const response = await get('/load')
  expect([response.status, await response.json()]).toMatchObject([502, { error: { code: 'PF_GUEST_TRAP' } }])
})
