// Cards that are signed when their component is built, by keys that stay outside of it.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createA2AClient } from '@pf-agents/a2a-client'
import { canonicalAgentCard } from '@pf-agents/a2a-protocol'
import { createCardVerifier } from '@pf-agents/auth/jwt'
import { createWasmHost, type WasmHost } from '@pf-agents/wasm-host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltComponent, buildComponent } from '../src/index'
import { type CardSource, signCards } from '../src/sign/sign-component'
import { readSignKeys } from '../src/sign/sign-key'
import { publicUrl } from './fixtures/signed/agent'
import { runCli } from './run-cli'

const cacheDir = join(process.cwd(), 'node_modules/.cache/pf-agents')
const slow = { timeout: 300_000 }
const isFull = process.env['PF_TEST_FULL'] === '1'

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/signed/${name}.ts`, import.meta.url))

interface Pair {
  privateKey: KeyObject
  publicJwk: object
  file: string
}
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi']
function pair(file: string, privateKey: KeyObject, write: (key: KeyObject) => string): Pair {
  writeFileSync(join(folder, file), write(privateKey), { mode: 0o600 })
  const members = Object.entries(privateKey.export({ format: 'jwk' }))
  return { privateKey, file, publicJwk: Object.fromEntries(members.filter(([name]) => !privateMembers.includes(name))) }
}
const verifier = (kid: string, { publicJwk }: Pair) =>
  createCardVerifier({ keys: { [kid]: { key: publicJwk as never } } })

let folder: string
let old: Pair
let current: Pair
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pf-sign-')))
  old = pair('old.pem', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, (key) =>
    key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  )
  current = pair('current.jwk', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, (key) =>
    JSON.stringify({ ...key.export({ format: 'jwk' }), kid: '2026-11' }),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const serve = (component: string): Promise<WasmHost> =>
  createWasmHost({
    component,
    cacheDir: join(cacheDir, 'components'),
    dataDir: join(folder, 'data'),
    workers: 1,
    pool: 1,
    onLog: () => {},
  })
type Json = Record<string, never>
const cardOf = async (host: WasmHost, tenant = ''): Promise<Json> =>
  (await (await fetch(`${host.url}${tenant}/.well-known/agent-card.json`)).json()) as Json

describe('a component built with two keys by the command line', slow, () => {
  let host: WasmHost
  let built: Awaited<ReturnType<typeof build>>
  const build = () =>
    runCli(
      ['build', fixture('one'), '-o', 'out/one.wasm', '--sign-key', 'old.pem,kid=2026-10', '--sign-key', 'current.jwk'],
      {
        cwd: folder,
        env: { PF_CACHE: cacheDir },
      },
    )
  beforeAll(async () => {
    built = await build()
    if (built.code === 0) host = await serve(join(folder, 'out/one.wasm'))
  }, 300_000)
  afterAll(() => host?.close())

  it('says whose signatures the card has, and nothing of the keys', () => {
    // Who builds with it at the same time is waited for, and that is said.
    const told = built.err.replaceAll(/ \(\d+\.\d s\)/g, '').replaceAll(/^ *Waiting for another build.*\n/gm, '')
    expect([built.code, told]).toEqual([
      0,
      'Bundling …\nBundling: done\nMaking the component …\nMaking the component: done\nAsking it what it is …\nAsking it what it is: done\nSigning its card …\nSigning its card: done\n',
    ])
    expect(built.out).toContain('out/one.wasm  card signed with 2026-10, 2026-11\n')
  })

  it('serves a card that each of them makes trustworthy [CARD-SIGN-001, CARD-SIGN-003]', async () => {
    const card = await cardOf(host)
    await expect(verifier('2026-10', old)(card, {})).resolves.toMatchObject({ kid: '2026-10', alg: 'RS256' })
    await expect(verifier('2026-11', current)(card, {})).resolves.toMatchObject({ kid: '2026-11', alg: 'ES256' })
    // Under the name of the other, a key is good for nothing.
    await expect(verifier('2026-10', current)(card, {})).rejects.toMatchObject({ code: 'PF_REMOTE_CARD' })
  })

  it('serves a card that can not be made one which asks for less', async () => {
    const { signatures, ...card } = await cardOf(host)
    const stripped = JSON.parse(canonicalAgentCard(card, 'sdk')) as Json
    expect(canonicalAgentCard(card)).not.toBe(JSON.stringify(stripped))
    expect(signatures).toHaveLength(4)
    for (const one of signatures as unknown as Json[]) {
      const changed = { ...stripped, signatures: [one] }
      await expect(verifier('2026-10', old)(changed, {})).rejects.toMatchObject({ code: 'PF_REMOTE_CARD' })
      await expect(verifier('2026-11', current)(changed, {})).rejects.toMatchObject({ code: 'PF_REMOTE_CARD' })
    }
  })

  const client = (verifyCard: ReturnType<typeof verifier>, tamper: (text: string) => string = (text) => text) =>
    createA2AClient({
      url: publicUrl,
      verifyCard,
      fetch: async (url, init) => {
        const response = await host.fetch(new Request(url, init))
        return new Response(tamper(await response.text()), response)
      },
    })

  it.each<[string, () => ReturnType<typeof verifier>]>([
    ['the old key', () => verifier('2026-10', old)],
    ['the new key', () => verifier('2026-11', current)],
  ])('is taken by a client that trusts %s', async (_which, verify) => {
    const card = await client(verify()).card()
    expect(card).toMatchObject({ name: 'one', supportedInterfaces: [{ url: publicUrl }, {}, {}, {}] })
    expect(card.signatures).toHaveLength(1)
  })

  it.each<[string, (text: string) => string]>([
    ['another address', (text) => text.replaceAll(publicUrl, 'https://evil.example')],
    ['no credentials asked for', (text) => JSON.stringify({ ...JSON.parse(text), securityRequirements: [] })],
    ['one member more', (text) => JSON.stringify({ ...JSON.parse(text), iconUrl: 'https://evil.example/i.png' })],
    ['no signature', (text) => JSON.stringify({ ...JSON.parse(text), signatures: [] })],
  ])('is not taken with %s', async (_what, tamper) => {
    await expect(client(verifier('2026-11', current), tamper).card()).rejects.toMatchObject({
      code: 'PF_REMOTE_CARD',
    })
  })

  it('has nothing of the private keys in any file, however written', () => {
    const files = readdirSync(join(folder, 'out')).map((name) => readFileSync(join(folder, 'out', name)))
    expect(files).toHaveLength(3)
    for (const { privateKey } of [old, current]) {
      const jwk = privateKey.export({ format: 'jwk' }) as Record<string, string>
      const secrets = privateMembers.flatMap((name) => (jwk[name] === undefined ? [] : [jwk[name]]))
      expect(secrets.length).toBeGreaterThan(0)
      const bytes = secrets.map((text) => Buffer.from(text, 'base64url'))
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().split('\n').slice(2, -2)
      const texts = [...secrets, ...bytes.flatMap((part) => [part.toString('base64'), part.toString('hex')]), ...pem]
      const needles = [...bytes, ...texts.flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')])]
      // Lines of PEM with the public modulus in them are no secret.
      const open = JSON.stringify(jwk['n'] ?? '')
      for (const needle of needles) {
        if (open !== '""' && Buffer.from(open, 'base64url').includes(Buffer.from(needle.toString(), 'base64'))) continue
        expect(files.some((file) => file.includes(needle))).toBe(false)
      }
    }
  })

  it('is the same file again for the same code and keys, at once', async () => {
    const before = readFileSync(join(folder, 'out/one.wasm'))
    const again = await build()
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('from an earlier build of the same code')])
    expect(readFileSync(join(folder, 'out/one.wasm')).equals(before)).toBe(true)
  })
})

describe('a component of several tenants', slow, () => {
  it('has the card of each signed', async () => {
    const signKeys = [{ file: join(folder, 'current.jwk'), jku: 'https://keys.example/set' }]
    const output = join(folder, 'two.wasm')
    const built: BuiltComponent = await buildComponent({ entry: fixture('two'), output, cacheDir, signKeys })
    expect(built.signedWith).toEqual(['2026-11'])
    const host = await serve(output)
    try {
      for (const tenant of ['left', 'right']) {
        const card = await cardOf(host, `/${tenant}`)
        expect(card).toMatchObject({ name: tenant })
        await expect(verifier('2026-11', current)(card, {})).resolves.toMatchObject({ kid: '2026-11' })
        const [{ protected: header }] = card['signatures'] as unknown as [{ protected: string }]
        expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({
          jku: 'https://keys.example/set',
        })
      }
    } finally {
      await host.close()
    }
  })
})

describe('cards are not signed', slow, () => {
  let source: CardSource
  let keys: Awaited<ReturnType<typeof readSignKeys>>
  beforeAll(async () => {
    // Its own test builds it, too.
    const entry = fileURLToPath(new URL('../../../examples/echo/main.spin.ts', import.meta.url))
    const { file, definition } = await buildComponent({ entry, output: join(folder, 'echo.wasm'), cacheDir })
    source = { component: readFileSync(file), definition, cacheDir: join(cacheDir, 'components') }
    keys = await readSignKeys([{ file: join(folder, 'current.jwk') }])
  }, 300_000)

  it('where they take their address from requests', async () => {
    await expect(signCards(source, keys)).rejects.toMatchObject({
      code: 'PF_BUILD_FAILED',
      message: expect.stringContaining('publicUrl') as string,
    })
  })

  it('where there is none', async () => {
    const definition = { ...source.definition, tenants: { nobody: source.definition } }
    await expect(signCards({ ...source, definition } as CardSource, keys)).rejects.toMatchObject({
      code: 'PF_BUILD_FAILED',
      message: expect.stringContaining('Add a2aServer()') as string,
    })
  })
})

describe('a signed build is refused', slow, () => {
  const build = (entry: string, key: string) => {
    const signKeys = [{ file: join(folder, key) }]
    return buildComponent({ entry, output: join(folder, 'no/no.wasm'), cacheDir, signKeys })
  }
  const refused = [
    ['where the card takes its address from requests', 'anywhere', 'publicUrl'],
    ['where there is no card', 'silent', 'Add a2aServer()'],
    ['where the card is another with each build', 'moody', 'has no good signature by the key 2026-11'],
  ] as const
  // Of those that are refused when the card is asked for, each takes a build; see below.
  it.each(isFull ? refused : refused.slice(2))('%s', async (_when, entry, message) => {
    await expect(build(fixture(entry), 'current.jwk')).rejects.toMatchObject({
      code: 'PF_BUILD_FAILED',
      message: expect.stringContaining(message) as string,
    })
  })

  it('where the code has the key in it', async () => {
    const key = JSON.stringify(readFileSync(join(folder, 'old.pem'), 'utf8'))
    const leak = join(folder, 'leak.ts')
    writeFileSync(leak, `console.log(${key}.length)\nexport { default } from ${JSON.stringify(fixture('one'))}\n`)
    await expect(build(leak, 'old.pem')).rejects.toMatchObject({
      code: 'PF_BUILD_FAILED',
      message: expect.stringMatching(/^The private key \S+ is in the code of the component/) as string,
    })
  })

  it('where there is no such key, before anything is built', async () => {
    const { code, err } = await runCli(['build', fixture('one'), '--sign-key', 'nowhere.pem'], { cwd: folder })
    expect([code, err]).toEqual([
      1,
      'pf build: The card can not be signed with nowhere.pem: it can not be read (ENOENT).\n',
    ])
  })
})
