import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { steps } from '../check/steps.mjs'
import { workspaceRoot } from '../scratch/scratch'
import { stages } from './stages.mjs'

const scripts = {
  'tooling/test/run.mjs': { list: '--stage', what: 'stage', names: stages.map(({ name }) => name) },
  'tooling/check/run.mjs': { list: '--only', what: 'step', names: steps.map(({ name }) => name) },
}

describe.each(Object.entries(scripts))('%s', (script, { list, what, names }) => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(workspaceRoot, script), ...args], {
      encoding: 'utf8',
      timeout: 15_000,
    })
    return { status, stdout, stderr }
  }

  it.each(['--help', '-h'])('%s tells how it is used, and does nothing', (option) => {
    const { status, stdout, stderr } = run(option)
    expect([status, stderr]).toEqual([0, ''])
    for (const word of [list, '--help', ...names]) expect(stdout).toContain(word)
  })

  it.each([
    [['--nonsense'], "Unknown option '--nonsense'. See --help.\n"],
    [['-x'], "Unknown option '-x'. See --help.\n"],
    [[list], `Option '${list} <value>' argument missing. See --help.\n`],
    [['--help=yes'], "Option '-h, --help' does not take an argument. See --help.\n"],
    [[list, `${names[0]},made-up`], `Unknown ${what} made-up. Known: ${names.join(', ')}.\n`],
  ])('%j is refused with a sentence', (args, sentence) => {
    expect(run(...args)).toEqual({ status: 2, stdout: '', stderr: sentence })
  })
})

it('a check takes no words', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tooling/check/run.mjs', 'lint'], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([2, "Unexpected argument 'lint'. See --help.\n"])
})
