import { describe, expect, it } from 'vitest'
import { A2AError } from '../error/a2a-error'
import { encodeJsonRpcError } from '../error/encode-error'
import { decodeJsonRpcRequest, decodeJsonRpcResponse, encodeJsonRpcRequest, encodeJsonRpcResult } from './envelope'

const refusalOf = (value: unknown) => {
  const decoded = decodeJsonRpcRequest(value)
  if (!('error' in decoded)) throw new Error('was accepted')
  const response = encodeJsonRpcError(decoded.id, decoded.error)
  return [response.id, response.error.code, decoded.notification]
}

describe('decodeJsonRpcRequest (§9.3)', () => {
  it('takes a good envelope and leaves the params to their decoder', () => {
    const params = { anything: 1 }
    expect(decodeJsonRpcRequest({ jsonrpc: '2.0', id: 'a', method: 'GetTask', params })).toEqual({
      id: 'a',
      notification: false,
      operation: 'GetTask',
      params,
    })
    expect(decodeJsonRpcRequest({ jsonrpc: '2.0', id: null, method: 'GetExtendedAgentCard' })).toEqual({
      id: null,
      notification: false,
      operation: 'GetExtendedAgentCard',
      params: {},
    })
  })

  it('knows a notification by its missing id', () => {
    expect(decodeJsonRpcRequest({ jsonrpc: '2.0', method: 'SendMessage', params: {} })).toMatchObject({
      id: null,
      notification: true,
    })
    expect(refusalOf({ jsonrpc: '2.0', method: 'nope' })).toEqual([null, -32601, true])
  })

  it('refuses envelopes that are none with -32600, and with the id where one can be read', () => {
    for (const value of [null, 'x', 1, true]) expect(refusalOf(value)).toEqual([null, -32600, false])
    expect(refusalOf({})).toEqual([null, -32600, false])
    expect(refusalOf({ jsonrpc: '1.0', id: 5, method: 'GetTask' })).toEqual([5, -32600, false])
    expect(refusalOf({ id: 'q', method: 'GetTask' })).toEqual(['q', -32600, false])
    expect(refusalOf({ jsonrpc: '2.0', id: 5 })).toEqual([5, -32600, false])
    expect(refusalOf({ jsonrpc: '2.0', id: 5, method: 7 })).toEqual([5, -32600, false])
    for (const id of [{}, [], true, Infinity])
      expect(refusalOf({ jsonrpc: '2.0', id, method: 'GetTask' })).toEqual([null, -32600, false])
  })

  it('refuses batches, empty or a million long', () => {
    expect(refusalOf([])).toEqual([null, -32600, false])
    expect(refusalOf(Array.from({ length: 1_000_000 }, () => ({ jsonrpc: '2.0', id: 1, method: 'GetTask' })))).toEqual([
      null,
      -32600,
      false,
    ])
  })

  it('looks at the method before the params (-32601, then -32602), and takes it in PascalCase only [JSONRPC-SVC-001]', () => {
    for (const method of ['nope', 'message/send', 'getTask', 'constructor', '__proto__', '']) {
      expect(refusalOf({ jsonrpc: '2.0', id: 1, method })).toEqual([1, -32601, false])
      expect(refusalOf({ jsonrpc: '2.0', id: 1, method, params: 'x' })).toEqual([1, -32601, false])
    }
    for (const params of [[], ['t-1'], 'x', 0, false])
      expect(refusalOf({ jsonrpc: '2.0', id: 1, method: 'GetTask', params })).toEqual([1, -32602, false])
  })
})

describe('decodeJsonRpcResponse', () => {
  const invalid = expect.objectContaining({ kind: 'InvalidAgentResponseError' }) as Error

  it('hands back the result, null too (the answer of some peers to a delete)', () => {
    expect(decodeJsonRpcResponse(encodeJsonRpcResult(1, { a: 1 }), 1)).toEqual({ a: 1 })
    expect(decodeJsonRpcResponse({ jsonrpc: '2.0', id: 1, result: null }, 1)).toBeNull()
  })

  it('throws what the peer answered', () => {
    const response = encodeJsonRpcError(3, new A2AError('TaskNotFoundError'))
    expect(() => decodeJsonRpcResponse(response, 3)).toThrow(
      expect.objectContaining({ kind: 'TaskNotFoundError', remote: expect.anything() as unknown }),
    )
    expect(() => decodeJsonRpcResponse({ ...response, id: null }, 3)).toThrow(
      expect.objectContaining({ kind: 'TaskNotFoundError' }),
    )
  })

  it('refuses answers to another request and what is no response (§9.3)', () => {
    for (const bad of [
      { jsonrpc: '2.0', id: 2, result: {} },
      { jsonrpc: '2.0', id: '1', result: {} },
      { jsonrpc: '2.0', id: 2, error: { code: -32001, message: 'x' } },
      { jsonrpc: '2.0', id: 1 },
      { id: 1, result: {} },
      [],
      null,
      'x',
    ]) {
      expect(() => decodeJsonRpcResponse(bad, 1)).toThrow(invalid)
    }
  })
})

it('encodes a request (§9.3)', () => {
  expect(encodeJsonRpcRequest(1, 'GetTask', { id: 't' })).toEqual({
    jsonrpc: '2.0',
    id: 1,
    method: 'GetTask',
    params: { id: 't' },
  })
})
