import { expect, it } from 'vitest'
import { scratch } from '../scratch/scratch'
import { layerProblems } from './layer-rule.mjs'
import { layerViolation } from './layers.mjs'

const manifest = (name: string, dependencies: Record<string, string> = {}) => ({
  name: `@pf-agents/${name}`,
  dependencies,
  pf: { targets: { '.': ['node', 'wasm'] } },
})

const may = (from: string, to: string) => layerViolation(`@pf-agents/${from}`, `@pf-agents/${to}`) === undefined

it.each([
  ['a2a-server', 'agent-core'],
  ['a2a-server', 'app'],
  ['http-kit', 'a2a-protocol'],
  ['app', 'http-kit'],
  ['app', 'auth'],
  ['a2a-agent', 'a2a-server'],
  ['pf-agent', 'dual-agent'],
  ['cli', 'spin-agent'],
  ['cli', 'wasm-host'],
  ['testing', 'cli'],
])('%s may import %s', (from, to) => {
  expect(may(from, to)).toBe(true)
})

it.each([
  ['agent-core', 'http-kit', 'agent-core (core) is below http-kit (library); never upward'],
  ['a2a-protocol', 'http-kit', 'a2a-protocol may import only what stands before it in the order'],
  ['http-kit', 'app', 'http-kit may import only what stands before it in the order'],
  ['auth', 'a2a-client', 'auth may import only what stands before it in the order'],
  ['app', 'a2a-server', 'app (library) is below a2a-server (feature); never upward'],
  ['sqlite-storage', 'a2a-server', 'sqlite-storage and a2a-server are both features; use the port, not the package'],
  ['a2a-server', 'a2a-agent', 'never upward'],
  ['a2a-agent', 'cli', 'never upward'],
  ['wasm-host', 'cli', 'wasm-host may import only what stands before it in the order'],
])('%s may not import %s', (from, to, message) => {
  expect(layerViolation(`@pf-agents/${from}`, `@pf-agents/${to}`)).toContain(message)
})

it('reads sources, type imports included, and manifests, and leaves tests alone', () => {
  const root = scratch({
    'packages/agent-core/package.json': manifest('agent-core'),
    'packages/agent-core/src/index.ts':
      "export const a = 1\nimport type { App } from '@pf-agents/app'\nexport type B = App",
    'packages/agent-core/src/index.test.ts': "import { app } from '@pf-agents/app'\napp()",
    'packages/app/package.json': manifest('app', { '@pf-agents/a2a-server': 'workspace:*' }),
    'packages/app/src/index.ts':
      "export type App = 1\nexport { a } from '../../agent-core/src/index'\nimport '@pf-agents/agent-core/deep'",
    'packages/a2a-server/package.json': manifest('a2a-server'),
    'packages/a2a-server/src/index.ts':
      "export const load = () => import('@pf-agents/storage')\nexport * from '@pf-agents/example-echo'",
    'examples/echo/agent.ts': "export * from '@pf-agents/a2a-server'\nexport * from '../other/agent'",
    'examples/page/main.node.ts': "export * from '@pf-agents/example-echo'",
  })
  expect(layerProblems(root).toSorted()).toEqual([
    "examples/echo/agent.ts:2: '../other/agent' leaves examples/echo; import the package by its name",
    'packages/a2a-server/src/index.ts:1: there is no package @pf-agents/storage',
    'packages/a2a-server/src/index.ts:2: there is no package @pf-agents/example-echo',
    'packages/agent-core/src/index.ts:2: agent-core (core) is below app (library); never upward',
    'packages/app/package.json: app (library) is below a2a-server (feature); never upward',
    "packages/app/src/index.ts:2: '../../agent-core/src/index' leaves packages/app/src; import the package by its name",
    'packages/app/src/index.ts:3: @pf-agents/agent-core has no entry "./deep"; it has .',
  ])
})
