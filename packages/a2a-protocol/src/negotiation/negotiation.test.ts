import { describe, expect, it } from 'vitest'
import { negotiateExtensions, parseExtensions } from './extensions'
import { acceptsMediaType, isJsonContentType, isRestContentType, mediaTypeOfPart, unsupportedPart } from './media-type'
import { negotiateVersion, parseVersion, sameVersion } from './version'

describe('A2A-Version (§3.6)', () => {
  const refused = expect.objectContaining({ kind: 'VersionNotSupportedError' }) as Error

  it('compares Major.Minor and ignores a patch part [VER-CLIENT-002]', () => {
    expect(['1.0', '1.0.1', ' 1.0 ', '01.0'].map(parseVersion)).toEqual(['1.0', '1.0', '1.0', '1.0'])
    expect(['1', 'v1.0', '1.0-rc', '', '1.0.x', '1.0,1.0', '99999.0'].map(parseVersion)).toEqual(
      Array.from({ length: 7 }, () => undefined),
    )
    expect([sameVersion('1.0', '1.0.7'), sameVersion('1.0', '1.1'), sameVersion('x', 'x')]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('takes the header before the query parameter', () => {
    expect(negotiateVersion('1.0')).toBe('1.0')
    expect(negotiateVersion(null, '1.0')).toBe('1.0')
    expect(negotiateVersion('', '1.0')).toBe('1.0')
    expect(() => negotiateVersion('99.0', '1.0')).toThrow(refused)
  })

  it('takes a missing or empty version for 0.3 [VER-SERVER-003]', () => {
    for (const missing of [undefined, null, '', '  ']) {
      expect(() => negotiateVersion(missing)).toThrow(refused)
      expect(negotiateVersion(missing, undefined, ['1.0', '0.3'])).toBe('0.3')
    }
  })

  it('refuses what it does not speak, and says what it does [VER-SERVER-002]', () => {
    for (const version of ['99.0', '1.1', 'abc', '1.0, 1.0']) expect(() => negotiateVersion(version)).toThrow(refused)
    expect(() => negotiateVersion('99.0')).toThrow(expect.objectContaining({ metadata: { supported: '1.0' } }))
  })
})

describe('A2A-Extensions (§3.2.6, §4.6)', () => {
  const declared = [{ uri: 'urn:a', required: true }, { uri: 'urn:b' }]

  it('reads a list of URIs, each once', () => {
    expect(parseExtensions(' urn:a ,urn:b,, urn:a')).toEqual(['urn:a', 'urn:b'])
    expect([parseExtensions(null), parseExtensions(''), parseExtensions(undefined)]).toEqual([[], [], []])
    expect(parseExtensions(Array.from({ length: 10_000 }, (_, index) => `urn:${index}`).join(','))).toHaveLength(64)
  })

  it('turns on what is both declared and asked for, and never echoes anything else', () => {
    expect(negotiateExtensions(declared, ['urn:x\r\nSet-Cookie: a', 'urn:b', 'urn:a'])).toEqual(['urn:a', 'urn:b'])
    expect(negotiateExtensions(undefined, ['urn:a'])).toEqual([])
  })

  it('refuses a request without a required extension (§3.3.4)', () => {
    expect(() => negotiateExtensions(declared, ['urn:b'])).toThrow(
      expect.objectContaining({ kind: 'ExtensionSupportRequiredError', metadata: { required: 'urn:a' } }),
    )
  })
})

describe('media types', () => {
  it('judges content types by their essence (§9.1, §11.1)', () => {
    expect(['application/json', 'Application/JSON; charset=utf-8'].map(isJsonContentType)).toEqual([true, true])
    expect(
      [null, undefined, '', 'text/plain', 'application/jsonp', 'application/a2a+json'].some(isJsonContentType),
    ).toBe(false)
    expect(['application/a2a+json', 'application/json;charset=utf-8'].map(isRestContentType)).toEqual([true, true])
    expect(['text/json', 'application/a2a', null].some(isRestContentType)).toBe(false)
  })

  it('matches modes with wildcards, case and parameters aside', () => {
    expect(acceptsMediaType(['text/plain'], 'Text/Plain; charset=utf-8')).toBe(true)
    expect(acceptsMediaType(['image/*'], 'image/png')).toBe(true)
    expect(acceptsMediaType(['*/*'], 'a/b')).toBe(true)
    expect(acceptsMediaType(['image/*'], 'imagex/png')).toBe(false)
    expect(acceptsMediaType([], 'text/plain')).toBe(false)
  })

  it('judges a part by its media type, else by its kind; bytes and links without one pass (§3.3.2)', () => {
    expect(
      [{ text: 'a' }, { data: null }, { raw: '' }, { url: 'u' }, { text: 'a', mediaType: 'text/html' }].map(
        mediaTypeOfPart,
      ),
    ).toEqual(['text/plain', 'application/json', undefined, undefined, 'text/html'])
    expect(
      unsupportedPart(
        [{ text: 'a' }, { raw: '' }, { raw: '', mediaType: 'application/x-unsupported' }],
        ['text/plain'],
      ),
    ).toBe(2)
    expect(unsupportedPart([{ text: 'a' }, { raw: '' }], ['text/plain'])).toBe(-1)
  })
})
