// Targets, layer 5: the built output is walked, dependencies included, whatever lint and types let through.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from '../../scratch/scratch'
import { checkDist, reachedBuiltins } from './dist.mjs'

const pack = (name: string, more: object = {}) => ({
  name,
  version: '1.0.0',
  type: 'module',
  exports: './index.js',
  ...more,
})

it('finds a builtin three dependencies deep and names the chain', async () => {
  const root = scratch({
    'packages/fixture/package.json': {
      name: '@pf-agents/fixture',
      pf: { targets: { '.': ['node', 'wasm'], './node': ['node'] } },
    },
    'packages/fixture/dist/index.js': "export { one } from 'one'",
    'packages/fixture/dist/node.js': "export { readFileSync } from 'node:fs'",
    'packages/fixture/node_modules/one/package.json': pack('one'),
    'packages/fixture/node_modules/one/index.js': "export { two as one } from 'two'",
    'packages/fixture/node_modules/two/package.json': pack('two'),
    'packages/fixture/node_modules/two/index.js': "export { three as two } from 'three'",
    'packages/fixture/node_modules/three/package.json': pack('three'),
    'packages/fixture/node_modules/three/index.js': "export { readFileSync as three } from 'node:fs'",
    'presets/.keep': '',
  })
  expect(await checkDist(root)).toEqual({
    ok: false,
    output:
      "@pf-agents/fixture runs in a component but reaches 'node:fs' through packages/fixture/dist/index.js → " +
      'packages/fixture/node_modules/one/index.js → packages/fixture/node_modules/two/index.js → packages/fixture/node_modules/three/index.js',
  })
})

it('finds what a CommonJS package for Node requires', async () => {
  const root = scratch({
    'dist/index.js': "export { default } from 'sockets'",
    'node_modules/sockets/package.json': { name: 'sockets', version: '1.0.0', main: 'main.js' },
    'node_modules/sockets/main.js': "module.exports = require('net').connect",
  })
  expect(await reachedBuiltins(join(root, 'dist/index.js'), root)).toEqual([
    { builtin: 'net', chain: ['dist/index.js', 'node_modules/sockets/main.js'] },
  ])
})

it('takes the way a component takes, and leaves host interfaces alone', async () => {
  const root = scratch({
    'dist/index.js': "export * from 'two-faced'\nexport * from 'wasi:keyvalue/store@0.2.0-draft2'",
    'node_modules/two-faced/package.json': pack('two-faced', {
      exports: { 'pf-wasm': './guest.js', default: './index.js' },
    }),
    'node_modules/two-faced/index.js': "export { readFileSync } from 'node:fs'",
    'node_modules/two-faced/guest.js': 'export const readFileSync = undefined',
  })
  expect(await reachedBuiltins(join(root, 'dist/index.js'), root)).toEqual([])
})
