// What is published, frozen: packages, the targets of their entries, and the names under which they can be imported.
// The expected side is typed in here, never computed. A red test asks: deliberate? Then change it here, add a
// changeset, and name the change in the migration notes; else undo it.
import { expect, it } from 'vitest'
import { publishedPackages } from '../generate/targets.mjs'
import { workspaceRoot } from '../scratch/scratch'

const both = ['node', 'wasm']
const node = ['node']
const wasm = ['wasm']

const pins: Record<string, Record<string, string[]>> = {
  '@pf-agents/a2a-agent': { '.': node },
  '@pf-agents/a2a-client': { '.': both },
  '@pf-agents/a2a-protocol': { '.': both },
  '@pf-agents/a2a-server': { '.': both, './push': node },
  '@pf-agents/agent-core': { '.': both, './testing': both },
  '@pf-agents/agui-agent': { '.': node },
  '@pf-agents/agui-stream': { '.': node },
  '@pf-agents/app': { '.': both, './node': node, './wasm': wasm },
  '@pf-agents/auth': { '.': both, './jwt': both },
  '@pf-agents/cli': { '.': node },
  '@pf-agents/context-window': { '.': both, './gpt-tokenizer': node },
  '@pf-agents/dual-agent': { '.': node },
  '@pf-agents/event-stream': { '.': node },
  '@pf-agents/http-kit': { '.': both, './node': node },
  '@pf-agents/interactive-tools': { '.': both },
  '@pf-agents/llm-engine': {
    '.': both,
    './ai-sdk': node,
    './anthropic': both,
    './gemini': both,
    './openai': both,
    './openai-compatible': both,
    './testing': both,
  },
  '@pf-agents/pf-agent': { '.': node },
  '@pf-agents/playground': { '.': node },
  '@pf-agents/spin-agent': { '.': both },
  '@pf-agents/spin-storage': { '.': wasm },
  '@pf-agents/sqlite-storage': { '.': node },
  '@pf-agents/testing': { '.': both, './agui': node, './node': node },
  '@pf-agents/wasm-host': { '.': node },
}

const published = publishedPackages(workspaceRoot)

it('publishes exactly these packages', () => {
  expect(published.map(({ manifest }) => manifest.name)).toEqual(Object.keys(pins))
})

it.each(Object.entries(pins))('%s has these entries on these targets', (name, targets) => {
  const found = published.find(({ manifest }) => manifest.name === name)
  expect(found?.manifest.pf.targets).toEqual(targets)
  expect(Object.keys(found?.manifest.exports)).toEqual([...Object.keys(targets), './package.json'])
})

it.each(published.map(({ manifest }) => [manifest.name, manifest]))(
  '%s is published the way all are',
  (_name, manifest) => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      sideEffects: false,
      engines: { node: '>=22.18' },
      files: expect.arrayContaining(['dist', 'src', '!src/**/*.test.ts']),
    })
  },
)

it('gives all packages one version', () => {
  expect(new Set(published.map(({ manifest }) => manifest.version)).size).toBe(1)
})
