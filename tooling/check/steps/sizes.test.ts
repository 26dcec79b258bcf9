import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from '../../scratch/scratch'
import { checkSizes } from './sizes.mjs'

// Words that do not compress away.
const ballast = Array.from({ length: 2000 }, (_, index) => ((index * 7919) % 10007).toString(36)).join('')

const workspace = (entries: object, external: object = {}) =>
  scratch({
    'tooling/check/size-budgets.json': { external, entries },
    'packages/fixture/package.json': { name: '@pf-agents/fixture', pf: { targets: { '.': ['node', 'wasm'] } } },
    'packages/fixture/dist/index.js': "export * from 'heavy'\nexport const own = 1",
    'packages/fixture/node_modules/heavy/package.json': {
      name: 'heavy',
      type: 'module',
      exports: { 'pf-wasm': './light.js', default: './heavy.js' },
    },
    'packages/fixture/node_modules/heavy/heavy.js': `export const heavy = '${ballast}'`,
    'packages/fixture/node_modules/heavy/light.js': 'export const heavy = 1',
    'presets/.keep': '',
  })

it('measures each target with its own dependencies, and fails over the budget', async () => {
  const { ok, output } = await checkSizes(workspace({ '@pf-agents/fixture': { node: 1, wasm: 1 } }))
  expect(ok).toBe(false)
  expect(output).toMatch(/@pf-agents\/fixture {2}node +[3-9]\.\d of +1 kB {2}✗ over/)
  expect(output).toMatch(/@pf-agents\/fixture {2}wasm +0\.\d of +1 kB$/m)
  expect(output).toContain('find what grew, or raise the number in tooling/check/size-budgets.json')
})

it('passes within budget, without what is declared external', async () => {
  const budgets = { '@pf-agents/fixture': { node: 1, wasm: 1 } }
  const external = { '@pf-agents/fixture': { heavy: 'measured on its own' } }
  expect((await checkSizes(workspace(budgets, external))).ok).toBe(true)
})

it('wants a budget for every entry, and none for what is gone', async () => {
  const { ok, output } = await checkSizes(workspace({ '@pf-agents/gone': { node: 1 } }))
  expect(ok).toBe(false)
  expect(output).toContain('✗ no budget')
  expect(output).toContain('@pf-agents/gone: has a budget but is no entry')
})

it('writes budgets with a tenth to spare', async () => {
  const root = workspace({})
  expect((await checkSizes(root, { updateSizes: true })).ok).toBe(true)
  expect((await checkSizes(root)).ok).toBe(true)
  const { entries } = JSON.parse(readFileSync(join(root, 'tooling/check/size-budgets.json'), 'utf8'))
  expect(entries['@pf-agents/fixture'].node).toBeGreaterThan(entries['@pf-agents/fixture'].wasm)
})

it('measures pages by all that a browser loads of them', async () => {
  const root = workspace({ '@pf-agents/fixture': { node: 20, wasm: 20 } })
  const budgets = join(root, 'tooling/check/size-budgets.json')
  const withPage = (kB: number) =>
    writeFileSync(
      budgets,
      JSON.stringify({ ...JSON.parse(readFileSync(budgets, 'utf8')), pages: { 'packages/fixture/page': kB } }),
    )
  withPage(1)
  expect(await checkSizes(root)).toMatchObject({ ok: false, output: expect.stringContaining('✗ not built') as string })
  mkdirSync(join(root, 'packages/fixture/page'))
  for (const file of ['a.js', 'b.css', 'c.png']) writeFileSync(join(root, 'packages/fixture/page', file), ballast)
  const { ok, output } = await checkSizes(root)
  expect(ok).toBe(false)
  const size = Number(/packages\/fixture\/page {2}(\d+\.\d) of 1 kB {2}✗ over/.exec(output)?.[1])
  withPage(size + 0.1)
  expect((await checkSizes(root)).ok).toBe(true)
  rmSync(join(root, 'packages/fixture/page/b.css'))
  expect((await checkSizes(root)).output).toContain(`${(size / 2).toFixed(1)} of`)
})
