import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from './run'
import { createTerminal } from './terminal'

const ownFile = join(import.meta.dirname, 'run.ts')

async function pf(...args: string[]) {
  const text = { out: '', err: '' }
  const terminal = createTerminal({ write: (chunk) => (text.out += chunk) }, { write: (chunk) => (text.err += chunk) })
  const code = await run(args, terminal, new AbortController().signal)
  return { code, ...text }
}

describe('help', () => {
  it('lists the commands', async () => {
    const { code, out, err } = await pf('--help')
    expect([code, err]).toEqual([0, ''])
    for (const command of ['dev', 'build', 'up', 'inspect']) expect(out).toMatch(new RegExp(`^  ${command} +\\S`, 'm'))
    expect(await pf('help')).toEqual({ code, out, err })
  })

  it.each(['dev', 'build', 'up', 'inspect'])(
    'of %s shows its usage and every option, the same either way',
    async (name) => {
      const { code, out } = await pf(name, '--help')
      expect(code).toBe(0)
      expect(out).toMatch(new RegExp(`^Usage: pf ${name} `))
      expect(out).toContain('-h, --help')
      expect((await pf('help', name)).out).toBe(out)
      expect((await pf(name, '-h')).out).toBe(out)
    },
  )

  it('says how a card is signed', async () => {
    const { out } = await pf('build', '--help')
    expect(out).toMatch(
      /^ +--sign-key FILE\[,kid=NAME\] +Sign the agent card with this private key .+ May be repeated\.$/m,
    )
    expect(out).toContain('sign with the old and the new one')
  })

  it('says what a world can do', async () => {
    expect((await pf('build', '--help')).out).toMatch(/wasi-http +any wasi:http host; no stored state, no variables/)
  })
})

it('shows the version of the package', async () => {
  expect(await pf('--version')).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string, err: '' })
})

describe('wrong usage', () => {
  it.each([
    [[], 'Usage: pf COMMAND'],
    [['serve'], 'There is no command "serve". There are dev, build, up, inspect; see pf --help.'],
    [['build'], 'pf build: Name the entry file.'],
    [['build', 'a.ts', 'b.ts'], 'pf build: Name one entry file; "b.ts" is too much.'],
    [['build', 'a.ts', '--world', 'mars'], '--world is one of spin, wasmtime, wasi-http, not "mars".'],
    [['build', 'a.ts', '--target', 'node'], '--target is one of wasm, not "node".'],
    [['build', 'a.ts', '--wordl', 'spin'], "Unknown option '--wordl'"],
    [['build', 'a.ts', '--out'], "Option '-o, --out <value>' argument missing"],
    [['up'], 'pf up: Name the component.'],
    [['up', 'a.wasm', '--port', '70000'], '--port takes a whole number from 0 to 65535, not "70000".'],
    [['up', 'a.wasm', '--timeout', 'soon'], '--timeout takes a time such as 500ms, 30s or 2m, not "soon".'],
    [['up', 'a.wasm', '--runtime', 'docker'], '--runtime is one of embedded, wasmtime, spin, not "docker".'],
    [['dev', 'a.ts', '--port', '-1'], '--port'],
    [['inspect'], 'pf inspect: Name the component.'],
    [['up', 'a.wasm', '--data', ''], '--data takes a directory, and was given an empty name.'],
  ])('%j exits with 2 and says what is right', async (args, message) => {
    const { code, out, err } = await pf(...args)
    expect(err).toContain(message)
    expect([code, out]).toEqual([2, ''])
    if (args.length > 0) expect(err).toContain('--help')
  })
})

describe('a failure', () => {
  it.each([
    [
      ['build', 'missing.ts'],
      'There is no file missing.ts. Name the file whose default export is the agent or the app.',
    ],
    [['up', 'missing.wasm'], 'There is no file missing.wasm. Build it with `pf build --target wasm`.'],
    [['inspect', 'missing.wasm'], 'There is no file missing.wasm.'],
    [['inspect', 'package.json'], 'package.json is not a component this host can run'],
    [['inspect', 'packages'], 'packages can not be read: EISDIR'],
    [['dev', 'missing.ts'], 'There is no file missing.ts.'],
    [
      ['build', ownFile, '-o', join(ownFile, 'x/agent.wasm')],
      `The directory of the component (-o) can not be used: ${ownFile}/x: a part of the path is a file (ENOTDIR). Name a directory`,
    ],
    [['build', ownFile, '-o', import.meta.dirname], `${import.meta.dirname} is a directory. Name the file of the`],
    [
      ['dev', ownFile, '--host', '192.0.2.1', '--port', '0'],
      'EADDRNOTAVAIL: address not available 192.0.2.1. This machine has no such address; give --host one',
    ],
    [
      ['dev', ownFile, '--host', 'no-such-host.invalid', '--port', '0'],
      'no-such-host.invalid. This machine has no such address; give --host one',
    ],
  ])('of %j exits with 1, says what to do, and shows no stack', async (args, message) => {
    const { code, err } = await pf(...args)
    expect(err).toContain(message)
    expect(err).not.toContain('    at ')
    expect(code).toBe(1)
  })
})
