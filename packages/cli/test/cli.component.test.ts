// The command line from its sources, on real components: built, inspected and served in processes of their own.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onPath } from '../src/up/native-runtime'
import { type CliRun, runCli, startCli } from './run-cli'

const fixture = fileURLToPath(new URL('./fixtures/hello-app.ts', import.meta.url))
const env = { PF_CACHE: join(process.cwd(), 'node_modules/.cache/pf-agents') }
/** A file where the cache should be. */
const noCache = { PF_CACHE: fixture }
const slow = { timeout: 300_000 }

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pf-cli-')))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pf = (...args: string[]) => runCli(args, { cwd: folder, env })

/** Serves a component, and ends it whatever comes. */
async function up<T>(
  args: readonly string[],
  use: (url: string, run: CliRun) => Promise<T>,
  more: Record<string, string> = {},
): Promise<T> {
  const run = startCli(['up', ...args, '--port', '0'], { cwd: folder, env: { ...env, ...more } })
  try {
    const url = (await run.shows(/Hello Agent 1\.2\.3 at (http\S+)/))[1] as string
    return await use(url, run)
  } finally {
    run.signal('SIGTERM')
    await run.ended
  }
}

const textOf = async (url: string) => (await fetch(url)).text()

describe('an app built for Spin', () => {
  let built: Awaited<ReturnType<typeof pf>>
  beforeAll(async () => {
    built = await pf('build', '--target', 'wasm', fixture, '-o', 'out/hello.wasm')
  }, 300_000)

  it('is one file, with source map and spin.toml beside it, and says size and time', () => {
    expect(built.err).toMatch(/Bundling …\nBundling: done \(\d+\.\d s\)\nMaking the component …\n/)
    expect(built.out).toMatch(
      /^out\/hello\.wasm {2}1\d\.\d\d MB {2}world spin {2}\d+\.\d s {2}\(.+\)\nout\/hello\.js\.map {2}source map\nout\/spin\.toml {2}for spin up\n$/,
    )
    expect(built.code).toBe(0)
    const { sources } = JSON.parse(readFileSync(join(folder, 'out/hello.js.map'), 'utf8')) as { sources: string[] }
    expect(sources).toContain(relative(join(folder, 'out'), fixture))
    expect(readFileSync(join(folder, 'out/hello.wasm')).subarray(0, 8).toString('hex')).toBe('0061736d0d000100')
    const manifest = readFileSync(join(folder, 'out/spin.toml'), 'utf8')
    expect(manifest).toContain(
      '[component.hello-agent]\nsource = "hello.wasm"\nallowed_outbound_hosts = ["https://api.example.com"]',
    )
    expect(manifest).toContain(
      '[variables]\ngreeting = { default = "hello" }\napi_key = { required = true, secret = true }',
    )
  })

  it('is built to the same bytes again, at once, and leaves a spin.toml alone that is the user’s', slow, async () => {
    const before = readFileSync(join(folder, 'out/hello.wasm'))
    writeFileSync(join(folder, 'out/spin.toml'), '# mine\n')
    const { out, err, code } = await pf('build', '--target', 'wasm', fixture, '-o', 'out/hello.wasm', '--json')
    const { cached, size, timings, definition } = JSON.parse(out) as {
      cached: boolean
      size: number
      timings: { component: number }
      definition: { name: string }
    }
    expect({ cached, size, name: definition.name }).toEqual({
      cached: true,
      size: before.byteLength,
      name: 'Hello Agent',
    })
    expect(timings.component).toBeLessThan(1_500)
    expect(readFileSync(join(folder, 'out/hello.wasm')).equals(before)).toBe(true)
    expect(readFileSync(join(folder, 'out/spin.toml'), 'utf8')).toBe('# mine\n')
    expect([code, err.includes('failed')]).toEqual([0, false])
  })

  it('is shown by inspect, for people and for programs', slow, async () => {
    const { out, code } = await pf('inspect', 'out/hello.wasm')
    expect(code).toBe(0)
    expect(out).toMatch(/^Agent {6}Hello Agent 1\.2\.3\n {11}Says hello$/m)
    expect(out).toMatch(/^World {6}spin$/m)
    expect(out).toMatch(/^Secrets {4}API_KEY$/m)
    expect(out).toContain('wasi:config/store@0.2.0-draft-2024-09-27')
    expect(out).toContain('pf:agent/discovery@1.0.0')
    // A cache that can not be written to is told, and nothing else.
    const shown = await runCli(['inspect', 'out/hello.wasm', '--json'], { cwd: folder, env: noCache })
    expect([shown.code, shown.err.match(/is not kept.*\(ENOTDIR\)/g)]).toEqual([0, [expect.any(String)]])
    const json = JSON.parse(shown.out) as Record<string, unknown>
    expect(json).toMatchObject({
      world: 'spin',
      definition: { schema: 'agent-definition.v1', name: 'Hello Agent', needs: { memoryMb: 96 }, world: 'spin' },
    })
    expect(json['imports']).not.toContain('wasi:keyvalue/store@0.2.0-draft2')
  })

  it('is served with what it is granted, and ends when it is told to', slow, async () => {
    writeFileSync(join(folder, '.secrets'), 'API_KEY=s3cret-value\n', { mode: 0o600 })
    const run = await up(['out/hello.wasm', '--secret-file', '.secrets', '--workers', '1'], async (url, cli) => {
      expect(await textOf(`${url}/greet`)).toBe('hello s3cret-value')
      const [one, two] = [await textOf(`${url}/random`), await textOf(`${url}/random`)] as [string, string]
      for (const index of [0, 1]) expect(one.split(' ')[index]).not.toBe(two.split(' ')[index])
      expect(await textOf(`${url}/broken`)).toBe('logged')
      await cli.shows(/\[hello\].*broken@/)
      return cli
    })
    expect((await run.ended).code).toBe(0)
    expect(run.out + run.err).not.toContain('s3cret-value')
    // Frames of the log stand in the user's own file.
    expect(run.err).toContain(`broken@${relative(folder, fixture)}:15:9`)
    expect(run.err).toContain(
      "! the agent wants to call https://api.example.com; allow it with --outbound 'https://api.example.com'",
    )
  })

  it('takes a variable from the command line over its default, and needs no cache', slow, async () => {
    await up(
      ['out/hello.wasm', '--workers', '1', '--var', 'GREETING=moin'],
      async (url, { err }) => {
        expect(await textOf(`${url}/greet`)).toBe('moin undefined')
        expect(err.match(/is not kept.*\(ENOTDIR\)/g)).toHaveLength(1)
      },
      noCache,
    )
  })

  describe('and a service it wants to call', () => {
    let server: Server
    let origin: string
    beforeAll(async () => {
      server = createServer((_, response) => response.end('from the service'))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    afterAll(() => server.close())

    it('reaches it where it is allowed to', slow, async () => {
      const call = (...args: string[]) =>
        up(['out/hello.wasm', '--workers', '1', ...args], async (url) =>
          (await fetch(`${url}/call?url=${origin}/x`)).text(),
        )
      expect(await call('--outbound', origin)).toBe('from the service')
      expect(await call()).not.toContain('from the service')
    })
  })
})

/** Which world runs where; DESIGN, WASM facts. Hosts that are not installed are skipped by name. */
const table: readonly (readonly [world: string, runtime: 'embedded' | 'wasmtime' | 'spin', greeting: string])[] = [
  ['wasmtime', 'embedded', 'servus undefined'],
  ['wasmtime', 'wasmtime', 'servus undefined'],
  ['wasi-http', 'embedded', 'undefined undefined'],
  ['wasi-http', 'wasmtime', 'undefined undefined'],
  ['spin', 'spin', 'servus s3cret'],
  ['wasi-http', 'spin', 'undefined undefined'],
]

describe('a component', () => {
  const worlds = ['wasmtime', 'wasi-http']
  beforeAll(async () => {
    for (const world of worlds)
      expect((await pf('build', fixture, '--world', world, '-o', `${world}/hello.wasm`)).code).toBe(0)
  }, 300_000)

  it.for(table)('built for %s runs on %s', slow, async ([world, runtime, greeting], context) => {
    if (runtime !== 'embedded' && !onPath(runtime)) context.skip(`${runtime} is not on PATH`)
    const port = runtime === 'embedded' ? '0' : String(await freePort())
    const file = world === 'spin' ? 'out/hello.wasm' : `${world}/hello.wasm`
    const run = startCli(
      ['up', file, '--runtime', runtime, '--port', port, '--var', 'GREETING=servus', '--workers', '1'],
      // Optimizing the whole engine takes wasmtime ten times as long; once, for its own world, is enough.
      { cwd: folder, env: { ...env, ...(world === 'wasi-http' && baselineWasmtime()) } },
    )
    try {
      // A native runtime compiles the whole engine first.
      const [, url = `http://127.0.0.1:${port}`] = await run.shows(
        runtime === 'embedded' ? /at (http\S+)/ : /Serving (http\S+)|Serving HTTP on/,
        90_000,
      )
      expect(await textOf(new URL('/greet', url).href)).toBe(greeting)
      if (runtime === 'wasmtime') expect(run.err).toContain('! wasmtime has no allow-list: the agent can call any host')
    } finally {
      run.signal('SIGINT')
    }
    expect((await run.ended).code).toBe(0)
  })

  it('built for another host is refused before it is started', slow, async () => {
    const { code, err } = await pf('up', 'out/hello.wasm', '--runtime', 'wasmtime')
    expect(err).toContain('that only Spin and the embedded host have. Build it with --world wasmtime.')
    expect(code).toBe(1)
  })

  it('gets a spin.toml only where Spin can run it', () => {
    expect(worlds.map((world) => existsSync(join(folder, world, 'spin.toml')))).toEqual([false, true])
  })
})

/** A PATH where wasmtime compiles with its baseline compiler: the program found there before, with one option more. */
function baselineWasmtime(): { PATH: string } {
  const path = process.env['PATH'] ?? ''
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(
    join(bin, 'wasmtime'),
    `#!/bin/sh\nPATH='${path}'\ncommand=$1\nshift\nexec wasmtime "$command" -C compiler=winch "$@"\n`,
  )
  chmodSync(join(bin, 'wasmtime'), 0o755)
  return { PATH: [bin, path].join(delimiter) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a build that can not be done', () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

  it('names the line that draws a random number', slow, async () => {
    write(
      'random.ts',
      `import { defineAgent } from '@pf-agents/agent-core'\nconst id = crypto.randomUUID()\nexport default defineAgent({ name: id, description: 'd', version: '1', onMessage: () => '' })\n`,
    )
    const { code, err } = await pf('build', 'random.ts', '--world', 'wasi-http')
    expect(err).toContain(
      'crypto.randomUUID() can not be used at module scope, which is evaluated once, at build time. Call it in a handler.',
    )
    expect(err).toMatch(/at random\.ts:2:\d+/)
    expect([code, existsSync(join(folder, 'dist'))]).toEqual([1, false])
  })

  it('names what does not work in a component before anything is made', slow, async () => {
    write(
      'files.ts',
      `import { readFileSync } from 'node:fs'\nimport { defineAgent } from '@pf-agents/agent-core'\nexport default defineAgent({ name: 'f', description: 'd', version: '1', onMessage: () => readFileSync('x', 'utf8') })\n`,
    )
    const { code, err } = await pf('build', 'files.ts')
    expect(err).toContain(
      '✗ node:fs does not work on wasm (only on node): a component has no file system. Instead, import the data as a module',
    )
    expect(err).toContain('  files.ts\n    → imports "node:fs"')
    expect(err).toContain('Bundling: failed')
    expect(err).not.toContain('Making the component')
    expect(code).toBe(1)
  })

  it('refuses a feature that says it does not work there', slow, async () => {
    write(
      'feature.ts',
      `import { createApp } from '@pf-agents/app'\nimport { defineAgent, defineFeature } from '@pf-agents/agent-core'\nconst files = defineFeature({ name: 'files', targets: ['node'], unavailable: { reason: 'it needs a disk', alternative: 'use a store' }, setup: () => ({}) })\nexport default createApp(defineAgent({ name: 'f', description: 'd', version: '1', onMessage: () => '' }), [files])\n`,
    )
    const { code, err } = await pf('build', 'feature.ts', '--world', 'wasi-http')
    expect(err).toContain('files does not work on wasm (only on node): it needs a disk. Instead, use a store.')
    expect(err).toMatch(/feature\.ts:4:\d+/)
    expect(code).toBe(1)
  })
})

it('checks without building', slow, async () => {
  const { code, out, err } = await pf('build', fixture, '--dry-run', '--metafile', 'meta.json')
  expect(err).toMatch(/Its modules were not evaluated, which only a build does: random numbers, timers, /)
  expect(out).toContain('can become a component for spin; it would import wasi:config/store@0.2.0-draft-2024-09-27.')
  expect(code).toBe(0)
  const { inputs } = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as { inputs: object }
  expect(Object.keys(inputs).some((path) => path.endsWith('hello-app.ts'))).toBe(true)
})
