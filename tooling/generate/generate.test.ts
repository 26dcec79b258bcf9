import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from '../scratch/scratch'
import { generate } from './generate.mjs'
import { exportsOf } from './targets.mjs'

const unavailable = { '.': { reason: 'it needs a file system', alternative: 'use spinStorage()' } }
const workspace = (manifest: object = {}, more: Record<string, string | object> = {}) =>
  scratch({
    '.oxlintrc.json': { overrides: [] },
    'packages/file-storage/package.json': {
      name: '@pf-agents/file-storage',
      description: 'Tasks in files.',
      pf: { targets: { '.': ['node'] }, unavailable },
      ...manifest,
    },
    'packages/agent-core/package.json': {
      name: '@pf-agents/agent-core',
      description: 'The core.',
      pf: { targets: { '.': ['node', 'wasm'] } },
    },
    'packages/agent-core/src/error/codes.ts':
      "export const errorCodes = { PF_A: { status: 404, summary: 'Not | there.', remedy: 'Look elsewhere.' } } as const\nexport const spokenCodes = ['PF_A']\n",
    'presets/.keep': '',
    'docs/.keep': '',
    'examples/echo/package.json': { private: true },
    'tooling/tsconfig/neutral.json': {},
    'README.md': '# Title\n\n<!-- matrix:start -->\nold\n<!-- matrix:end -->\n\nMore.\n',
    ...more,
  })

it('writes export maps, configurations, the error page and the matrix, and then has nothing left to do', async () => {
  const root = workspace()
  expect(await generate(root, { check: false })).toEqual([
    'packages/agent-core/package.json',
    'packages/agent-core/tsconfig.json',
    'packages/file-storage/package.json',
    'packages/file-storage/tsconfig.json',
    'examples/echo/tsconfig.json',
    'tsconfig.neutral.json',
    '.oxlintrc.json',
    'docs/errors.md',
    'packages/agent-core/src/error/briefs.ts',
    'README.md',
  ])
  expect(await generate(root, { check: true })).toEqual([])

  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  expect(readme).toContain('| [`@pf-agents/agent-core`](packages/agent-core) | ✓ | ✓ | The core. |')
  expect(readme).toContain('| [`@pf-agents/file-storage`](packages/file-storage) | ✓ | ✗ | Tasks in files. |')
  expect(readme).toMatch(/^# Title[\s\S]+More\.\n$/)
  expect(readme).not.toContain('old')
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toContain(
    '| <a id="pf_a"></a>`PF_A` | 404 | Not \\| there. | Look elsewhere. |',
  )
  const briefs = readFileSync(join(root, 'packages/agent-core/src/error/briefs.ts'), 'utf8')
  expect(briefs).toMatch(/  PF_A: 404,[^]*  PF_A: 'Not \| there\. Look elsewhere\.',/)
})

it('lists presets with the features they are made of', async () => {
  const dependencies = {
    '@pf-agents/file-storage': '1',
    '@pf-agents/app': '1',
    '@pf-agents/agent-core': '1',
    hono: '4',
  }
  const preset = { name: '@pf-agents/spin-agent', description: 'All.', pf: { targets: { '.': ['node', 'wasm'] } } }
  const root = workspace({}, { 'presets/spin-agent/package.json': { ...preset, dependencies } })
  await generate(root, { check: false })
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(
    [
      '| Preset | Node | WASM | Made of | |',
      '|---|:-:|:-:|---|---|',
      '| [`@pf-agents/spin-agent`](presets/spin-agent) | ✓ | ✓ | `file-storage` | All. |',
    ].join('\n'),
  )
})

it('with check changes nothing and names what is stale', async () => {
  const root = workspace()
  await generate(root, { check: false })
  const file = join(root, 'packages/file-storage/package.json')
  const edited = readFileSync(file, 'utf8').replace('index.unavailable.js', 'index.js')
  writeFileSync(file, edited)
  expect(await generate(root, { check: true })).toEqual(['packages/file-storage/package.json'])
  expect(readFileSync(file, 'utf8')).toBe(edited)
})

it('refuses a one-target entry without words, and a README without a place for the matrix', async () => {
  await expect(generate(workspace({ pf: { targets: { '.': ['node'] } } }), { check: true })).rejects.toThrow(
    '@pf-agents/file-storage: "." does not work on wasm, so package.json needs "pf": { "unavailable"',
  )
  await expect(generate(workspace({}, { 'README.md': '# Title\n' }), { check: true })).rejects.toThrow(
    '<!-- matrix:start -->',
  )
})

it('gives the variants of an entry before the entry itself, with its types', () => {
  const manifest = { pf: { targets: { '.': ['node', 'wasm'] }, variants: { '.': ['pf-keyvalue'] } } }
  const { '.': entry } = exportsOf(manifest) as Record<string, unknown>
  expect(Object.entries(entry as object)).toEqual([
    ['pf-keyvalue', { types: './dist/index.d.ts', default: './dist/index.keyvalue.js' }],
    ['default', { types: './dist/index.d.ts', default: './dist/index.js' }],
  ])
})

it('makes the export map of each kind of entry', () => {
  const manifest = { pf: { targets: { '.': ['node', 'wasm'], './node': ['node'], './wasm': ['wasm'] } } }
  expect(exportsOf(manifest)).toEqual({
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './node': {
      'pf-wasm': { types: './dist/node.unavailable.d.ts', default: './dist/node.unavailable.js' },
      default: { types: './dist/node.d.ts', default: './dist/node.js' },
    },
    './wasm': {
      'pf-wasm': { types: './dist/wasm.d.ts', default: './dist/wasm.js' },
      default: { types: './dist/wasm.d.ts', default: './dist/wasm.unavailable.js' },
    },
    './package.json': './package.json',
  })
})
