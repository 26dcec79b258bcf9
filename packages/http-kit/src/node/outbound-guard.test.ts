import { PfError } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { createOutboundGuard, type OutboundRules } from './outbound-guard'

function errorOf(url: string, rules?: OutboundRules): unknown {
  try {
    createOutboundGuard(rules).check(new URL(url))
  } catch (error) {
    return error
  }
  return undefined
}

const reasonOf = (url: string, rules?: OutboundRules) => {
  const error = errorOf(url, rules)
  return PfError.is(error, 'PF_OUTBOUND_DENIED') ? error.details?.reason : error
}

describe('check', () => {
  it.each([
    ['ftp://example.com/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['data:text/plain,x', 'scheme'],
    ['http://example.com/', 'scheme'],
    ['https://user@example.com/', 'credentials'],
    ['https://:pw@example.com/', 'credentials'],
    ['https://example.com:22/', 'port'],
    ['https://example.com:80/', 'port'],
    ['https://127.0.0.1/', 'address'],
    ['https://127.1/', 'address'],
    ['https://2130706433/', 'address'],
    ['https://0x7f000001/', 'address'],
    ['https://0177.0.0.1/', 'address'],
    ['https://0/', 'address'],
    ['https://１２７.0.0.1/', 'address'],
    ['https://169.254.169.254/latest/meta-data/', 'address'],
    ['https://[::1]/', 'address'],
    ['https://[::]/', 'address'],
    ['https://[::ffff:127.0.0.1]/', 'address'],
    ['https://[::ffff:7f00:1]/', 'address'],
    ['https://[64:ff9b::7f00:1]/', 'address'],
    ['https://[fd00::1]/', 'address'],
  ])('refuses %s: %s', (url, reason) => {
    expect(reasonOf(url)).toBe(reason)
  })

  it.each(['https://example.com/', 'https://example.com:443/', 'https://8.8.8.8/', 'https://[2606:4700::1111]/x'])(
    'lets %s pass',
    (url) => {
      expect(reasonOf(url)).toBeUndefined()
    },
  )

  it('follows its rules', () => {
    expect(reasonOf('http://example.com/', { allowHttp: true })).toBeUndefined()
    expect(reasonOf('https://example.com:8443/', { ports: [8443] })).toBeUndefined()
    expect(reasonOf('https://example.com:8443/', { ports: [8080] })).toBe('port')
    expect(reasonOf('https://example.com:1/', { ports: 'any' })).toBeUndefined()
    expect(reasonOf('https://example.com/', { only: ['https://other.com'] })).toBe('list')
    expect(reasonOf('https://other.com/', { only: ['https://other.com'] })).toBeUndefined()
    expect(reasonOf('https://127.0.0.1/', { only: ['https://127.0.0.1'] })).toBe('address')
    expect(reasonOf('http://localhost:3000/', { allow: ['http://localhost:*'] })).toBeUndefined()
    expect(
      reasonOf('http://127.0.0.1:3000/', { allow: ['http://127.0.0.1:3000'], only: ['https://other.com'] }),
    ).toBeUndefined()
    expect(reasonOf('http://u@localhost:3000/', { allow: ['http://localhost:*'] })).toBe('credentials')
    expect(reasonOf('gopher://localhost:3000/', { allow: ['*://*:*'] })).toBe('scheme')
  })

  it('says what was refused without saying which class of address it is', () => {
    const error = errorOf('https://10.1.2.3/secret?key=1') as Error & { details: object; cause: Error }
    expect(error.message + JSON.stringify(error.details)).not.toMatch(/private|secret|key/)
    expect(error.cause.message).toBe('10.1.2.3 is private')
  })
})

describe('resolve', () => {
  const answers =
    (...addresses: string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const url = new URL('https://name.test/')

  it('gives every address of a public name', async () => {
    const guard = createOutboundGuard({ resolve: answers('1.1.1.1', '2606:4700::1111') })
    expect(await guard.resolve(url)).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
  })

  it('refuses a name of which one answer is not public', async () => {
    for (const bad of [
      '127.0.0.1',
      '10.0.0.1',
      '::1',
      '::ffff:10.0.0.1',
      '169.254.169.254',
      'fe80::1%eth0',
      'nonsense',
    ]) {
      const guard = createOutboundGuard({ resolve: answers('1.1.1.1', bad, '8.8.8.8') })
      await expect(guard.resolve(url)).rejects.toMatchObject({
        code: 'PF_OUTBOUND_DENIED',
        details: { reason: 'address' },
      })
    }
  })

  it('does not ask for the address of an address', async () => {
    const guard = createOutboundGuard({ resolve: () => Promise.reject(new Error('asked')) })
    expect(await guard.resolve(new URL('https://[2606:4700::1111]/'))).toEqual([
      { address: '2606:4700::1111', family: 6 },
    ])
  })

  it('fails where there is no answer', async () => {
    await expect(createOutboundGuard({ resolve: answers() }).resolve(url)).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  it('asks the system where nothing else is given', async () => {
    await expect(createOutboundGuard().resolve(new URL('https://localhost/'))).rejects.toMatchObject({
      code: 'PF_OUTBOUND_DENIED',
    })
  })
})
