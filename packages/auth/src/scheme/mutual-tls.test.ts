import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ask, request, testContext } from '../../test/context'
import { mutualTls } from './mutual-tls'

const der = Buffer.from('a certificate, as far as this side can tell')
const fingerprint = createHash('sha256').update(der).digest('hex')
const context = testContext()
const proxy = '10.0.0.7'
const trustedProxies = ['10.0.0.0/8']
const byClientCert = request({ 'client-cert': `:${der.toString('base64')}:` })
const byEnvoy = (value: string) => request({ 'x-forwarded-client-cert': value })
const pem = `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`

describe('mutualTls', () => {
  it('takes the certificate that a trusted proxy passes on', async () => {
    const scheme = mutualTls({ trustedProxies })
    expect(await ask(scheme, byClientCert, context, proxy)).toEqual({ principal: { id: `mtls:sha256:${fingerprint}` } })
    expect(await ask(scheme, byClientCert, context, `::ffff:${proxy}`)).toMatchObject({ principal: {} })
  })

  it.each([undefined, '11.0.0.7', '127.0.0.1', '::1', '10.0.0.7.evil', ''])(
    'takes no notice of the header where it comes from %j',
    async (address) => {
      expect(await ask(mutualTls({ trustedProxies }), byClientCert, context, address)).toBeUndefined()
    },
  )

  it("reads Envoy's header", async () => {
    const scheme = mutualTls({ trustedProxies, format: 'xfcc' })
    const value = `By=spiffe://a/me;Hash=${fingerprint};Subject="CN=a\\"b,O=x;y";URI=spiffe://a/you`
    expect(await ask(scheme, byEnvoy(value), context, proxy)).toEqual({ principal: { id: 'mtls:uri:spiffe://a/you' } })
    const told = mutualTls({ trustedProxies, format: 'xfcc', verify: (one) => ({ id: JSON.stringify(one) }) })
    const result = await ask(told, byEnvoy(value), context, proxy)
    expect(JSON.parse(result?.principal?.id ?? '')).toEqual({
      fingerprint,
      subject: 'CN=a"b,O=x;y',
      uri: 'spiffe://a/you',
    })
  })

  it('takes nobody for somebody else whose fingerprint its URI reads like', async () => {
    const scheme = mutualTls({ trustedProxies, format: 'xfcc' })
    const ids = [`Hash=${'b'.repeat(64)};URI=sha256:${fingerprint}`, `Hash=${fingerprint}`].map(
      async (value) => (await ask(scheme, byEnvoy(value), context, proxy))?.principal?.id,
    )
    expect(new Set(await Promise.all(ids)).size).toBe(2)
  })

  it("reads nginx's header, where nginx says that it verified it", async () => {
    const scheme = mutualTls({ trustedProxies, format: 'pem', verified: { header: 'x-ssl-verify', value: 'SUCCESS' } })
    const cert = encodeURIComponent(pem)
    const good = request({ 'x-ssl-client-cert': cert, 'x-ssl-verify': 'SUCCESS' })
    expect(await ask(scheme, good, context, proxy)).toMatchObject({ principal: { id: `mtls:sha256:${fingerprint}` } })
    for (const verify of ['NONE', 'FAILED:expired', 'SUCCESS, FAILED']) {
      const bad = request({ 'x-ssl-client-cert': cert, 'x-ssl-verify': verify })
      expect(await ask(scheme, bad, context, proxy)).toEqual({
        refused: { error: 'invalid_token', reason: 'not verified' },
      })
    }
  })

  it.each<[string, 'client-cert' | 'xfcc' | 'pem', Record<string, string>]>([
    ['two certificates', 'client-cert', { 'client-cert': ':YQ==:, :YQ==:' }],
    ['no byte sequence', 'client-cert', { 'client-cert': 'YQ==' }],
    ['no base64', 'client-cert', { 'client-cert': ':a:' }],
    ['two elements', 'xfcc', { 'x-forwarded-client-cert': `Hash=${fingerprint},Hash=${fingerprint}` }],
    ['no hash', 'xfcc', { 'x-forwarded-client-cert': 'URI=spiffe://a/admin' }],
    ['a short hash', 'xfcc', { 'x-forwarded-client-cert': 'Hash=12;URI=spiffe://a/admin' }],
    ['an open quote', 'xfcc', { 'x-forwarded-client-cert': `Hash=${fingerprint};Subject="x` }],
    ['no PEM', 'pem', { 'x-ssl-client-cert': 'x' }],
    ['bad escapes', 'pem', { 'x-ssl-client-cert': '%zz' }],
    ['20,000 characters', 'xfcc', { 'x-forwarded-client-cert': `Hash=${fingerprint};Subject="${'x'.repeat(20_000)}"` }],
  ])('refuses %s', async (_what, format, headers) => {
    const scheme = mutualTls({ trustedProxies, format })
    expect(await ask(scheme, request(headers), context, proxy)).toEqual({
      refused: { error: 'invalid_request', reason: 'certificate' },
    })
  })

  it('knows certificates by their fingerprint', async () => {
    const colons = fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:')
    const scheme = mutualTls({ trustedProxies, accept: { ci: colons } })
    expect(await ask(scheme, byClientCert, context, proxy)).toEqual({ principal: { id: 'ci' } })
    const other = mutualTls({ trustedProxies, accept: { ci: '0'.repeat(64) } })
    expect(await ask(other, byClientCert, context, proxy)).toMatchObject({ refused: { reason: 'unknown certificate' } })
  })

  it('stands on the card, and says that it is for Node', () => {
    const scheme = mutualTls({ trustedProxies, description: 'Ask Ann' })
    expect(scheme.card).toEqual({ mtlsSecurityScheme: { description: 'Ask Ann' } })
    expect(scheme.targets?.on).toEqual(['node'])
    expect(scheme.challenge(undefined)).toBeUndefined()
  })

  it.each([
    [{ trustedProxies: [] }, 'trustedProxies'],
    [{ trustedProxies: ['10.0.0.0/33'] }, 'no address'],
    [{ trustedProxies, accept: { a: '12' } }, 'SHA-256'],
  ])('is refused itself with %j', (options, message) => {
    expect(() => mutualTls(options)).toThrow(
      expect.objectContaining({ code: 'PF_CONFIG_INVALID', message: expect.stringContaining(message) }),
    )
  })
})
