// An issuer on this machine: publishes keys over HTTP, signs tokens, and counts what it is asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type CryptoKey, type JWK, type JWTPayload, SignJWT } from 'jose'

/** A key pair with its name. */
export interface TestKey {
  kid: string
  alg: string
  privateKey: CryptoKey
  publicJwk: JWK
  privateJwk: JWK
}

/** Makes a key pair. */
export async function testKey(kid: string, alg = 'ES256'): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const named = async (key: CryptoKey): Promise<JWK> => ({ ...(await exportJWK(key)), kid, alg, use: 'sig' })
  return { kid, alg, privateKey, publicJwk: await named(publicKey), privateJwk: await named(privateKey) }
}

export interface TestIssuer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`; it is also the issuer's name. */
  readonly url: string
  /** Keys that are published now. */
  keys: JWK[]
  /** What it is asked from now on is answered by this, in place of the usual. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  /** Paths it was asked for. */
  readonly asked: string[]
  /** How often the key set was asked for. */
  readonly loads: number
}

/** Starts an issuer on a free port. */
export async function startIssuer(): Promise<TestIssuer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (issuer.answer) return issuer.answer(request, response)
    const documents: Record<string, unknown> = {
      '/keys': { keys: issuer.keys },
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/keys` },
    }
    const body = documents[request.url ?? '']
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer: TestIssuer = {
    url,
    keys: [],
    answer: undefined,
    asked,
    get loads() {
      return asked.filter((path) => path === '/keys').length
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return issuer
}

/** What a token may be made of beside its claims. */
export interface TokenParts {
  alg?: string
  kid?: string | null
  typ?: string
  header?: Record<string, unknown>
}

/** Signs claims with a key. */
export function signToken(key: TestKey, claims: JWTPayload, parts: TokenParts = {}): Promise<string> {
  const { alg = key.alg, kid = key.kid, typ, header } = parts
  const protectedHeader = { alg, ...(kid !== null && { kid }), ...(typ && { typ }), ...header }
  return new SignJWT(claims).setProtectedHeader(protectedHeader).sign(key.privateKey)
}

/** A token of any header, claims and signature. */
export function rawToken(header: object, claims: object, signature = ''): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode(header)}.${encode(claims)}.${signature}`
}
