import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nodeProblem, oldestNode } from './runtime'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  engines: { node: string }
}
const file = (path: string): string => new URL(path, import.meta.url).pathname
const node = (...args: string[]) =>
  spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })

describe('the Node that runs pf', () => {
  it('is the one of the manifest', () => {
    expect(manifest.engines.node).toBe(`>=${oldestNode}`)
  })

  it.each(['20.20.2', '18.0.0', '22.17.1', '21.9.0'])('is told that %s is too old', (version) => {
    expect(nodeProblem(version, () => true)).toBe(
      `pf needs Node 22.18 or newer, and this is ${version}; install one from https://nodejs.org.`,
    )
  })

  it.each(['22.18.0', '22.23.3', '24.0.0', '26.1.0-nightly'])('may be %s', (version) => {
    expect(nodeProblem(version, () => true)).toBeUndefined()
  })

  // As in Node 20: what the commands import can not even be loaded. So whatever is told, it is told before.
  it('is told in one line what it lacks', () => {
    const hooks = new URL('../../test/source-hooks.mjs', import.meta.url).href
    const { status, stdout, stderr } = node('--no-experimental-sqlite', '--import', hooks, file('../bin.ts'), '--help')
    expect(stderr).toBe(
      `pf needs a Node with node:sqlite, and this one (${process.versions.node}) was built or started without; leave out --no-experimental-sqlite, or install Node from https://nodejs.org.\n`,
    )
    expect([status, stdout]).toEqual([1, ''])
  })
})

it('prints every warning but that SQLite is experimental', () => {
  const program = `import { quietSqliteWarning } from ${JSON.stringify(file('./runtime.ts'))}
    quietSqliteWarning()
    process.getBuiltinModule('node:sqlite')
    process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning')
    process.emitWarning('Something else is an experimental feature', 'ExperimentalWarning')
    process.emitWarning('SQLite files are large', 'DeprecationWarning', 'DEP1')`
  const { status, stderr } = node('--input-type=module', '-e', program)
  expect(stderr.match(/^\(node:\d+\) .*/gm)?.map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'ExperimentalWarning: Something else is an experimental feature',
    '[DEP1] DeprecationWarning: SQLite files are large',
  ])
  expect(status).toBe(0)
})
