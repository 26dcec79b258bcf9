// Targets, layer 2: an entry that does not work on a target resolves to a declaration and a module that say why.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { beforeEach, describe, expect, it } from 'vitest'
import { unsupportedSentence } from '../../packages/agent-core/src/error/unsupported-on-target-error'
import { exportsOf } from '../generate/targets.mjs'
import { scratch, workspaceRoot } from '../scratch/scratch'
import { writeUnavailable } from './unavailable.mjs'

const manifest = {
  name: '@fixture/redis-storage',
  version: '1.0.0',
  type: 'module',
  sideEffects: false,
  pf: {
    targets: { '.': ['node'], './guest': ['wasm'] },
    unavailable: {
      '.': { reason: 'it needs TCP sockets', alternative: 'use spinStorage()' },
      './guest': { reason: 'it answers a component host', alternative: 'use serve()' },
    },
  },
}
const sentence =
  '@fixture/redis-storage does not work on wasm (only on node): it needs TCP sockets. Instead, use spinStorage().'

const home = 'node_modules/@fixture/redis-storage'
const files = {
  [`${home}/package.json`]: { ...manifest, exports: exportsOf(manifest) },
  [`${home}/dist/index.js`]: [
    "import net from 'node:net'",
    'export const redisStorage = (options) => net.connect(options)',
    'export class RedisError extends Error {}',
    'export class Cursor {}',
    'export default redisStorage',
  ].join('\n'),
  [`${home}/dist/index.d.ts`]: [
    'export interface RedisOptions { url: string }',
    'export declare function redisStorage(options: RedisOptions): { name: string }',
    'export declare class RedisError extends Error { reply: string }',
    'export declare class Cursor<Row> { row: Row }',
    'export default redisStorage',
  ].join('\n'),
  [`${home}/dist/guest.js`]: 'export const handle = () => 1',
  [`${home}/dist/guest.d.ts`]: 'export declare function handle(): number',
}

let folder: string
beforeEach(async () => {
  folder = scratch({
    ...files,
    'calls.ts': "import { redisStorage } from '@fixture/redis-storage'\nredisStorage({ url: 'redis://x' })\n",
    'constructs.ts': "import { RedisError } from '@fixture/redis-storage'\nthrow new RedisError()\n",
    'types.ts': [
      "import type { Cursor, RedisError, RedisOptions } from '@fixture/redis-storage'",
      "export const options: RedisOptions = { url: 'redis://x' }",
      'export const replyOf = (error: RedisError): string => error.reply',
      'export type Rows = Cursor<string>',
    ].join('\n'),
    'main.mjs': "import { redisStorage } from '@fixture/redis-storage'\nconsole.log(redisStorage)\n",
    'guest.mjs': "import { handle } from '@fixture/redis-storage/guest'\nconsole.log(handle)\n",
  })
  await writeUnavailable(manifest, join(folder, home, 'dist'))
})

function compile(file: string, compiler: string, ...options: string[]) {
  const script = join(workspaceRoot, 'node_modules', compiler, 'bin/tsc')
  const args = [
    script,
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--skipLibCheck',
    '--pretty',
    'false',
    ...options,
    file,
  ]
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
}

const resolutions = {
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
  nodenext: ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
}

describe.each(['typescript', 'typescript7'])('the declaration under %s', (compiler) => {
  it.each(Object.entries(resolutions))('prints the reason where a value is used (%s)', (_name, options) => {
    for (const file of ['calls.ts', 'constructs.ts']) {
      const { status, stdout } = compile(file, compiler, ...options, '--customConditions', 'pf-wasm')
      expect(stdout).toContain(`readonly reason: "${sentence}"`)
      expect(status).not.toBe(0)
    }
  })

  it('keeps types usable on the target, and everything elsewhere', () => {
    expect(compile('types.ts', compiler, ...resolutions.bundler, '--customConditions', 'pf-wasm').stdout).toBe('')
    expect(compile('calls.ts', compiler, ...resolutions.bundler).stdout).toBe('')
  })
})

it('throws the reason when the module is loaded', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['-C', 'pf-wasm', 'main.mjs'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(stderr).toContain(`[UnsupportedOnTargetError]: ${sentence}`)
  expect(stderr).toContain("code: 'PF_TARGET_UNSUPPORTED'")
  expect(stdout).toBe('')
  expect(status).toBe(1)
})

it('throws the reason of a component entry on Node', () => {
  const { stderr } = spawnSync(process.execPath, ['guest.mjs'], { cwd: folder, encoding: 'utf8' })
  expect(stderr).toContain(
    '@fixture/redis-storage/guest does not work on node (only on wasm): it answers a component host. Instead, use serve().',
  )
})

it('carries what UnsupportedOnTargetError carries, and is recognised as an error of the SDK', async () => {
  const loaded = import(join(folder, home, 'dist/index.unavailable.js'))
  await expect(loaded).rejects.toMatchObject({
    name: 'UnsupportedOnTargetError',
    code: 'PF_TARGET_UNSUPPORTED',
    feature: '@fixture/redis-storage',
    target: 'wasm',
    availableOn: ['node'],
    alternative: 'use spinStorage()',
    [Symbol.for('pf-agents.error')]: true,
  })
})

it('survives a bundler, minified: the bundle throws the reason', async () => {
  await build({
    absWorkingDir: folder,
    entryPoints: ['main.mjs'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    conditions: ['pf-wasm'],
    outfile: 'bundle.mjs',
    logLevel: 'silent',
  })
  expect(() => execFileSync(process.execPath, ['bundle.mjs'], { cwd: folder, stdio: 'pipe' })).toThrow(sentence)
})

it('says the sentence that agent-core says at run time', () => {
  expect(readFileSync(join(folder, home, 'dist/index.unavailable.js'), 'utf8')).toContain(
    unsupportedSentence({
      feature: '@fixture/redis-storage',
      target: 'wasm',
      availableOn: ['node'],
      reason: 'it needs TCP sockets',
      alternative: 'use spinStorage()',
    }),
  )
})

it('refuses an entry without words', async () => {
  const silent = { ...manifest, pf: { targets: { '.': ['node'] } } }
  await expect(writeUnavailable(silent, join(folder, home, 'dist'))).rejects.toThrow(
    'package.json needs "pf": { "unavailable"',
  )
})
