// Importing the package does no work: what a component freezes into its image holds no clock, no seed, no environment.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const here = import.meta.dirname
const root = join(here, '../../..')
let folder = ''
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'pf-import-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs before the bundle: notes whatever would make two imports differ, or leave something running. */
const traps = `
const noted = []
const trap = (owner, name, label = name) => {
  const real = owner[name]
  if (typeof real !== 'function') return
  Object.defineProperty(owner, name, { configurable: true, writable: true, value: new Proxy(real, {
    apply(target, self, args) { noted.push(label); return Reflect.apply(target, self, args) },
    construct(target, args, self) { if (label !== 'new Date' || args.length === 0) noted.push(label); return Reflect.construct(target, args, self) },
  }) })
}
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'addEventListener', 'structuredClone', 'AbortController', 'Worker', 'MessageChannel', 'BroadcastChannel']) trap(globalThis, name)
trap(Date, 'now', 'Date.now')
trap(globalThis, 'Date', 'new Date')
trap(Math, 'random', 'Math.random')
trap(performance, 'now', 'performance.now')
trap(crypto, 'randomUUID', 'crypto.randomUUID')
trap(crypto, 'getRandomValues', 'crypto.getRandomValues')
trap(Promise.prototype, 'then', 'Promise.then')
Object.defineProperty(process, 'env', { value: new Proxy(process.env, { get: (env, name) => (noted.push('process.env'), env[name]) }) })
trap(process, 'on', 'process.on')
trap(console, 'log'); trap(console, 'error')
`

async function workAtImport(entry: { file: string } | { source: string }): Promise<string[]> {
  const { build } = (await import(
    pathToFileURL(join(root, 'node_modules/esbuild/lib/main.js')).href
  )) as typeof import('esbuild')
  const bundle = join(folder, 'bundle.cjs')
  const input =
    'file' in entry ? { entryPoints: [entry.file] } : { stdin: { contents: entry.source, resolveDir: here } }
  // As CommonJS, so that importing is one synchronous call, and nothing of the loader is noted.
  await build({
    ...input,
    bundle: true,
    format: 'cjs',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    outfile: bundle,
    logLevel: 'silent',
  })
  const script = join(folder, 'run.cjs')
  writeFileSync(
    script,
    `const write = process.stdout.write.bind(process.stdout), { readFileSync } = require('node:fs')
    const run = new Function('module', 'exports', readFileSync(${JSON.stringify(bundle)}, 'utf8'))
    ${traps}
    const module_ = { exports: {} }
    run(module_, module_.exports)
    write(JSON.stringify({ noted, names: Object.keys(module_.exports).length, handles: process.getActiveResourcesInfo().filter((one) => !/Pipe|TTY|FS/.test(one)) }))`,
  )
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  const { noted, names, handles } = JSON.parse(stdout) as { noted: string[]; names: number; handles: string[] }
  expect(names).toBeGreaterThan(0)
  expect(handles).toEqual([])
  return [...new Set(noted)]
}

it.each(['index.ts', 'testing.ts'])('%s does no work at import', async (file) => {
  expect(await workAtImport({ file: join(here, file) })).toEqual([])
})

it('would be caught if it did', async () => {
  const source = `export const made = [Date.now(), new Date(), Math.random(), crypto.randomUUID(), process.env.HOME, setTimeout(() => {}), Promise.resolve().then(() => {})]; clearTimeout(made[5])`
  expect(await workAtImport({ source })).toEqual([
    'Date.now',
    'new Date',
    'Math.random',
    'crypto.randomUUID',
    'process.env',
    'setTimeout',
    'Promise.then',
  ])
})
