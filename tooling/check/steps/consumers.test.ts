import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { exportsOf } from '../../generate/targets.mjs'
import { scratch, workspaceRoot } from '../../scratch/scratch'
import { checkConsumers } from './consumers.mjs'

function workspace(files: Record<string, string>) {
  const manifest = {
    name: '@pf-agents/fixture',
    type: 'module',
    pf: { targets: { '.': ['node', 'wasm'], './node': ['node'] } },
  }
  const root = scratch({
    'packages/fixture/package.json': { ...manifest, exports: exportsOf(manifest) },
    'packages/fixture/dist/index.d.ts': 'export declare const value: AbortSignal\n',
    'packages/fixture/dist/node.d.ts': "import { Server } from 'node:http'\nexport declare const server: Server\n",
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`packages/fixture/dist/${name}`, text])),
  })
  symlinkSync(join(workspaceRoot, 'node_modules'), join(root, 'node_modules'))
  return root
}

it('passes declarations that stand on their own', async () => {
  expect(await checkConsumers(workspace({}))).toEqual({ ok: true, output: '' })
})

it('finds a neutral declaration that needs Node types', async () => {
  const root = workspace({ 'index.d.ts': 'export declare const timer: NodeJS.Timeout\n' })
  const { ok, output } = await checkConsumers(root)
  expect(ok).toBe(false)
  expect(output).toBe("wasm: packages/fixture/dist/index.d.ts(1,29): error TS2503: Cannot find namespace 'NodeJS'.")
})

it('finds a declaration that was not written', async () => {
  const root = workspace({ 'node.d.ts': "export * from './server.js'\n" })
  const { ok, output } = await checkConsumers(root)
  expect(ok).toBe(false)
  expect(output.split('\n')).toEqual([
    expect.stringMatching(/^node with bundler resolution: packages\/fixture\/dist\/node\.d\.ts\(1,15\): error TS2307/),
    expect.stringMatching(/^node with nodenext resolution: packages\/fixture\/dist\/node\.d\.ts\(1,15\): error TS2307/),
  ])
})
