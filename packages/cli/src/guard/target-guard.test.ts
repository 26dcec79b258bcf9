import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import type { Target } from '@pf-agents/agent-core'
import { TargetGuard, violationText } from './target-guard'

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

function project(files: Record<string, string | object>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pf-guard-')))
  folders.push(folder)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

async function violations(folder: string, target: Target, entry = 'agent.ts') {
  const guard = new TargetGuard(target, folder)
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outdir: '/',
    platform: target === 'wasm' ? 'neutral' : 'node',
    mainFields: ['module', 'main'],
    conditions: target === 'wasm' ? ['pf-wasm'] : [],
    logLevel: 'silent',
    plugins: [guard.plugin],
  })
  return guard.violations(metafile, entry)
}

const packageOf = (name: string, main = 'index.js', more: object = {}) => ({
  name,
  version: '1.0.0',
  type: 'module',
  main,
  ...more,
})

const redis = {
  'node_modules/@acme/redis-storage/package.json': packageOf('@acme/redis-storage', 'index.js', {
    pf: {
      targets: { '.': ['node'] },
      unavailable: { '.': { reason: 'it needs TCP sockets', alternative: 'use spinStorage()' } },
    },
  }),
  'node_modules/@acme/redis-storage/index.js': "import net from 'node:net'\nexport const redisStorage = () => net",
}

describe('a component build', () => {
  it('names a Node-only feature, the way to it, the reason and the alternative', async () => {
    const folder = project({
      ...redis,
      'agent.ts': "import { storage } from './storage'\nexport default storage",
      'storage.ts': "import { redisStorage } from '@acme/redis-storage'\nexport const storage = redisStorage()",
    })
    const found = await violations(folder, 'wasm')
    expect(found).toEqual([
      {
        feature: '@acme/redis-storage',
        sentence:
          '@acme/redis-storage does not work on wasm (only on node): it needs TCP sockets. Instead, use spinStorage().',
        chain: ['agent.ts', 'storage.ts'],
        specifier: '@acme/redis-storage',
      },
    ])
    expect(violationText(found)).toBe(
      [
        '✗ @acme/redis-storage does not work on wasm (only on node): it needs TCP sockets. Instead, use spinStorage().',
        '  agent.ts',
        '    → storage.ts',
        '      → imports "@acme/redis-storage"',
      ].join('\n'),
    )
  })

  it('finds one behind a package that is neutral itself', async () => {
    const folder = project({
      ...redis,
      'node_modules/sessions/package.json': packageOf('sessions'),
      'node_modules/sessions/index.js': "export { redisStorage as sessions } from '@acme/redis-storage'",
      'agent.ts': "import { sessions } from 'sessions'\nexport default sessions()",
    })
    expect(await violations(folder, 'wasm')).toMatchObject([
      { feature: '@acme/redis-storage', chain: ['agent.ts', 'sessions/index.js'] },
    ])
  })

  it('finds a Node builtin three dependencies deep', async () => {
    const folder = project({
      'agent.ts': "import { a } from 'dep-a'\nexport default a()",
      'node_modules/dep-a/package.json': packageOf('dep-a'),
      'node_modules/dep-a/index.js': "import { b } from 'dep-b'\nexport const a = () => b()",
      'node_modules/dep-b/package.json': packageOf('dep-b'),
      'node_modules/dep-b/index.js': "import { c } from 'dep-c'\nexport const b = () => c()",
      'node_modules/dep-c/package.json': packageOf('dep-c', 'lib/main.js'),
      'node_modules/dep-c/lib/main.js': "import { readFileSync } from 'fs'\nexport const c = () => readFileSync('x')",
    })
    expect(violationText(await violations(folder, 'wasm'))).toBe(
      [
        '✗ node:fs does not work on wasm (only on node): a component has no file system. Instead, import the data as a module so that it is bundled, or keep it in a key-value store.',
        '  agent.ts',
        '    → dep-a/index.js',
        '      → dep-b/index.js',
        '        → dep-c/lib/main.js',
        '          → imports "fs"',
      ].join('\n'),
    )
  })

  it('reads CommonJS packages, and paths of a pnpm store as package names', async () => {
    const folder = project({
      'agent.ts': "import pool from 'pg-like'\nexport default pool()",
      'node_modules/pg-like/package.json': { name: 'pg-like', version: '1.0.0', main: 'index.js' },
      'node_modules/pg-like/index.js': "const net = require('net')\nmodule.exports = () => net.connect()",
    })
    expect(await violations(folder, 'wasm')).toMatchObject([
      { feature: 'node:net', chain: ['agent.ts', 'pg-like/index.js'], specifier: 'net' },
    ])
  })

  it('finds native addons', async () => {
    const folder = project({
      'agent.ts': "import sharp from 'sharp-like'\nexport default sharp",
      'node_modules/sharp-like/package.json': { name: 'sharp-like', version: '1.0.0', main: 'index.js' },
      'node_modules/sharp-like/index.js': "module.exports = require('./build/sharp.node')",
      'node_modules/sharp-like/build/sharp.node': '',
    })
    expect(await violations(folder, 'wasm')).toMatchObject([
      { feature: 'sharp-like/build/sharp.node', chain: ['agent.ts', 'sharp-like/index.js'] },
    ])
  })

  it('finds what is only loaded later', async () => {
    const folder = project({ 'agent.ts': "export default async () => (await import('node:os')).hostname()" })
    expect(await violations(folder, 'wasm')).toMatchObject([{ feature: 'node:os', chain: ['agent.ts'] }])
  })

  it('finds a builtin imported for nothing in a module that is kept', async () => {
    const folder = project({ 'agent.ts': "import 'node:fs'\nexport default 1" })
    expect(await violations(folder, 'wasm')).toMatchObject([{ feature: 'node:fs' }])
  })

  it('lists everything at once', async () => {
    const folder = project({
      ...redis,
      'agent.ts':
        "import { redisStorage } from '@acme/redis-storage'\nimport { hostname } from 'node:os'\nimport cp from 'child_process'\nexport default [redisStorage, hostname, cp]",
    })
    expect((await violations(folder, 'wasm')).map(({ feature }) => feature)).toEqual([
      '@acme/redis-storage',
      'node:os',
      'node:child_process',
    ])
  })

  it('leaves alone what is shaken away, types, and packages that only share a name with a builtin', async () => {
    const folder = project({
      ...redis,
      'agent.ts':
        "import type { redisStorage } from '@acme/redis-storage'\nimport { used } from 'toolbox'\nimport { on } from 'events-like/events'\nexport type R = typeof redisStorage\nexport default [used, on]",
      'node_modules/toolbox/package.json': packageOf('toolbox', 'index.js', { sideEffects: false }),
      'node_modules/toolbox/index.js': "export { used } from './used.js'\nexport { write } from './write.js'",
      'node_modules/toolbox/used.js': 'export const used = 1',
      'node_modules/toolbox/write.js': "import fs from 'node:fs'\nexport const write = () => fs.writeFileSync('x', '')",
      'node_modules/events-like/package.json': packageOf('events-like', 'index.js', {
        exports: { './events': './events.js' },
      }),
      'node_modules/events-like/events.js': 'export const on = 1',
    })
    expect(await violations(folder, 'wasm')).toEqual([])
  })

  it('takes each entry of a package by its own targets', async () => {
    const folder = project({
      'agent.ts': "import { app } from '@acme/app'\nimport { serve } from '@acme/app/node'\nexport default serve(app)",
      'node_modules/@acme/app/package.json': packageOf('@acme/app', 'index.js', {
        exports: { '.': './index.js', './node': './node.js' },
        pf: {
          targets: { '.': ['node', 'wasm'], './node': ['node'] },
          unavailable: { './node': { reason: 'it listens on a socket', alternative: 'export the app' } },
        },
      }),
      'node_modules/@acme/app/index.js': 'export const app = 1',
      'node_modules/@acme/app/node.js': 'export const serve = () => 1',
    })
    expect((await violations(folder, 'wasm')).map(({ feature }) => feature)).toEqual(['@acme/app/node'])
    expect(await violations(folder, 'node')).toEqual([])
  })
})

describe('a build for Node', () => {
  it('names a feature of components, the way to it, the reason and the alternative', async () => {
    const folder = project({
      'agent.ts': "import { storage } from './storage'\nexport default storage",
      'storage.ts': "import { spinStorage } from '@acme/spin-storage'\nexport const storage = spinStorage()",
      'node_modules/@acme/spin-storage/package.json': packageOf('@acme/spin-storage', 'index.js', {
        pf: {
          targets: { '.': ['wasm'] },
          unavailable: { '.': { reason: 'it needs wasi:keyvalue', alternative: 'use sqliteStorage()' } },
        },
      }),
      'node_modules/@acme/spin-storage/index.js':
        "import { openBucket } from 'pf-host:keyvalue'\nexport const spinStorage = () => openBucket('x')",
    })
    expect(violationText(await violations(folder, 'node'))).toBe(
      [
        '✗ @acme/spin-storage does not work on node (only on wasm): it needs wasi:keyvalue. Instead, use sqliteStorage().',
        '  agent.ts',
        '    → storage.ts',
        '      → imports "@acme/spin-storage"',
      ].join('\n'),
    )
  })

  it('finds interfaces of a component host, and leaves builtins alone', async () => {
    const folder = project({
      'agent.ts':
        "import { get } from 'wasi:config/store@0.2.0-rc.1'\nimport fs from 'node:fs'\nexport default [get, fs]",
    })
    expect(await violations(folder, 'node')).toMatchObject([{ feature: 'wasi:config/store@0.2.0-rc.1' }])
  })
})
