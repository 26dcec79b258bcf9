// The compiler itself says why a feature does not work on a target.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../../..')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pf-targets-'))
  const paths = { '@pf-agents/agent-core': [join(root, 'packages/agent-core/src/index.ts')] }
  const compilerOptions = { noEmit: true, paths, skipLibCheck: true, types: [] }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tooling/tsconfig/neutral.json'), compilerOptions, files: ['app.ts'] }),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function compile(use: string): string {
  const source = `
    import { defineFeature, type Feature, type RunsOn, type Target } from '@pf-agents/agent-core'
    const redisStorage = (options: { url: string }) => defineFeature({
      name: 'redis-storage', targets: ['node'], unavailable: { reason: 'it needs TCP sockets', alternative: 'use spinStorage()' }, setup: () => ({ health: async () => { options.url } }),
    })
    const spinStorage = () => defineFeature({ name: 'spin-storage', targets: ['wasm'], unavailable: { reason: 'it needs wasi:keyvalue' }, setup: () => ({}) })
    const a2aServer = () => defineFeature({ name: 'a2a-server', targets: ['node', 'wasm'], setup: () => ({}) })
    type Any = Feature<string, Target, string>
    function spinAgent<const F extends readonly Any[]>(options: { features: F & RunsOn<F[number], 'wasm'> }): F { return options.features }
    function nodeAgent<const F extends readonly Any[]>(options: { features: F & RunsOn<F[number], 'node'> }): F { return options.features }
    ${use}
  `
  writeFileSync(join(folder, 'app.ts'), source)
  const tsc = join(root, 'node_modules/typescript7/bin/tsc')
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' })
  return stdout + stderr
}

it('compiles where every feature works on the target', () => {
  expect(
    compile(
      `spinAgent({ features: [a2aServer(), spinStorage()] }); nodeAgent({ features: [a2aServer(), redisStorage({ url: '' })] })`,
    ),
  ).toBe('')
})

it.each([
  [
    'redis on wasm',
    `spinAgent({ features: [a2aServer(), redisStorage({ url: '' })] })`,
    'redis-storage does not work on wasm (only on node): it needs TCP sockets. Instead, use spinStorage()."',
  ],
  [
    'spin on node',
    `nodeAgent({ features: [spinStorage(), a2aServer()] })`,
    'spin-storage does not work on node (only on wasm): it needs wasi:keyvalue."',
  ],
  [
    'a feature that does not say why',
    `const bare = defineFeature({ name: 'bare', targets: ['node'], setup: () => ({}) }); spinAgent({ features: [bare] })`,
    'bare does not work on wasm (only on node)."',
  ],
])('%s is an error that names feature, target, reason, alternative', (_, use, sentence) => {
  const output = compile(use)
  expect(output).toContain(sentence)
  expect(output.match(/error TS/g)).toHaveLength(1)
})

it('does not take a feature for one of other targets', () => {
  expect(compile(`const feature: Feature<string, 'wasm'> = redisStorage({ url: '' })`)).toContain(
    `Type '"node"' is not assignable to type '"wasm"'.`,
  )
})
