import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from '../../scratch/scratch'
import { tarballProblems } from './packages.mjs'

function tarball(files: Record<string, string | object>): Buffer {
  const good = {
    'package/package.json': {
      name: 'fixture',
      version: '1.0.0',
      type: 'module',
      license: 'MIT',
      files: ['dist'],
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    },
    'package/dist/index.js': "export { value } from './value.js'",
    'package/dist/index.d.ts': "export { value } from './value.js'",
    'package/dist/value.js': 'export const value = 1',
    'package/dist/value.d.ts': 'export declare const value = 1',
  }
  const folder = scratch({ ...good, ...files })
  execFileSync('tar', ['-czf', 'fixture.tgz', 'package'], { cwd: folder })
  return readFileSync(join(folder, 'fixture.tgz'))
}

it('has nothing against a sound package of ES modules', async () => {
  expect(await tarballProblems(tarball({}))).toEqual([])
})

it('finds declarations that Node resolution can not follow', async () => {
  const problems = await tarballProblems(tarball({ 'package/dist/index.d.ts': "export { value } from './value'" }))
  expect(problems).toEqual([expect.stringContaining('attw: InternalResolutionError')])
})

it('finds an export whose file was not packed', async () => {
  const manifest = {
    name: 'fixture',
    version: '1.0.0',
    type: 'module',
    exports: { '.': './dist/index.js', './node': './dist/node.js' },
  }
  const problems = await tarballProblems(tarball({ 'package/package.json': manifest }))
  expect(problems).toContainEqual(expect.stringMatching(/^publint: .*\.\/dist\/node\.js.* does not exist/))
})

it('finds types in front of other conditions', async () => {
  const manifest = {
    name: 'fixture',
    version: '1.0.0',
    type: 'module',
    exports: { '.': { default: './dist/index.js', types: './dist/index.d.ts' } },
  }
  const problems = await tarballProblems(tarball({ 'package/package.json': manifest }))
  expect(problems).toContainEqual(expect.stringMatching(/^publint: .*types.* should be the first/))
})
