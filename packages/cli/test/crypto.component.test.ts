// The engine's WebCrypto in a component: keys of signatures can be imported, which componentize-js by itself breaks.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildComponent } from '../src/index'
import { createWasmHost, type WasmHost } from '@pf-agents/wasm-host'
import type { webcrypto } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const cacheDir = join(process.cwd(), 'node_modules/.cache/pf-agents')
let folder: string
let host: WasmHost
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pf-crypto-'))
  const entry = new URL('./fixtures/crypto-app.ts', import.meta.url).pathname
  const { file } = await buildComponent({
    entry,
    output: join(folder, 'crypto.wasm'),
    world: 'wasi-http',
    cacheDir,
    manifest: false,
  })
  host = await createWasmHost({ component: file, stores: [], workers: 1, cacheDir: join(cacheDir, 'components') })
}, 120_000)
afterAll(async () => {
  await host?.close()
  rmSync(folder, { recursive: true, force: true })
})

const base64 = (bytes: ArrayBuffer | Uint8Array) => Buffer.from(bytes as Uint8Array).toString('base64')
const text = (value: string) => new TextEncoder().encode(value)
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

it.each([
  ['RSASSA-PKCS1-v1_5', { ...rsa, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, rsa, rsa.name],
  [
    'ECDSA P-256',
    { name: 'ECDSA', namedCurve: 'P-256' },
    { name: 'ECDSA', namedCurve: 'P-256' },
    { name: 'ECDSA', hash: 'SHA-256' },
  ],
] as const)('a signature of %s is verified, and a wrong one is not', async (_name, generate, algorithm, verify) => {
  const pair = await crypto.subtle.generateKey(generate as webcrypto.RsaHashedKeyGenParams, true, ['sign', 'verify'])
  const { publicKey, privateKey } = pair
  const key = await crypto.subtle.exportKey('jwk', publicKey)
  const signature = base64(await crypto.subtle.sign(verify, privateKey, text('signed')))
  const verified = async (data: string) => {
    const body = JSON.stringify({ key, algorithm, verify, signature, data: base64(text(data)) })
    return (await fetch(`${host.url}/verify`, { method: 'POST', body })).json()
  }
  expect([await verified('signed'), await verified('changed')]).toEqual([true, false])
})
