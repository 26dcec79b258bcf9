import { isIP } from 'node:net'
import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAddressList, parseAddress } from './address-list'

describe('createAddressList', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '10.0.0.8', false],
    ['10.0.0.0/8', '10.255.1.2', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.128/25', '10.0.0.127', false],
    ['0.0.0.0/0', '1.2.3.4', true],
    ['0.0.0.0/0', '::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['fd00::/8', 'fdab::1%eth0', true],
    ['fd00::/8', 'fe80::1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:a01:203', true],
  ])('%s has %s: %s', (entry, address, expected) => {
    expect(createAddressList('test', [entry]).has(address)).toBe(expected)
  })

  it.each([
    '',
    'x',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    'g::',
  ])('refuses %j', (entry) => {
    expect(() => createAddressList('test', [entry])).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  })

  it('reads addresses as Node does, and finds blocks as Node does', () => {
    const any = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(any, any, fc.nat(32), (one, other, bits) => {
        expect(parseAddress(one) !== undefined).toBe(isIP(one) !== 0)
        const isV4 = (text: string) => parseAddress(text)?.length === 4
        if (isV4(one) !== isV4(other)) return
        const family = isIP(one) === 4 ? 'ipv4' : 'ipv6'
        if (isIP(one) !== isIP(other) || (family === 'ipv6' && isV4(one))) return
        const blocks = new BlockList()
        blocks.addSubnet(one, bits, family)
        expect(createAddressList('test', [`${one}/${bits}`]).has(other)).toBe(blocks.check(other, family))
      }),
      { seed: 20261120, numRuns: 2000 },
    )
  })
})
