import { describe, expect, it } from 'vitest'
import { createHeaderForwarder } from './forward-headers'
import { checkHeader, isHeaderValue } from './header-value'

describe('checkHeader', () => {
  it('takes what HTTP allows', () => {
    expect(() => checkHeader('X-Trace_1', 'a b\tc é')).not.toThrow()
    expect(() => checkHeader('a', '')).not.toThrow()
  })

  it.each(['a\r\nSet-Cookie: x=1', 'a\nb', 'a\rb', 'a\0b', 'a\u007f', '\u001b[0m'])(
    'refuses the value %j without repeating it',
    (value) => {
      expect(isHeaderValue(value)).toBe(false)
      const refused = expect.objectContaining({ code: 'PF_REQUEST_INVALID', details: { header: 'authorization' } })
      expect(() => checkHeader('authorization', value)).toThrow(refused)
      expect(() => checkHeader('authorization', value)).not.toThrow(value)
    },
  )
})

describe('createHeaderForwarder', () => {
  it('passes on what is listed and nothing else', () => {
    const forward = createHeaderForwarder(['TraceParent', 'accept-language'])
    expect(forward(new Headers({ traceparent: '00-1', authorization: 'Bearer x', cookie: 'a=1' }))).toEqual({
      traceparent: '00-1',
    })
  })

  it('leaves out values that could smuggle', () => {
    expect(createHeaderForwarder(['x'])({ get: () => 'a\r\nb: c' })).toEqual({})
  })

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'connection', 'te', 'a b'])(
    'does not let %s onto the list',
    (name) => {
      expect(() => createHeaderForwarder([name])).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
    },
  )
})
