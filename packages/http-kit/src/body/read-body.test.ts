import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { discard, readBody } from './read-body'

/** A body of `chunks` × `size` bytes that tells how much of it was asked for. */
function source(chunks: number, size: number, headers: Record<string, string> = {}) {
  const seen = { pulled: 0, canceled: 'never' as unknown }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (seen.pulled === chunks) return controller.close()
        controller.enqueue(new Uint8Array(size).fill(++seen.pulled))
      },
      cancel(reason) {
        seen.canceled = reason
      },
    },
    { highWaterMark: 0 },
  )
  return { seen, request: new Request('http://x/', { method: 'POST', body, headers, duplex: 'half' }) }
}

describe('readBody', () => {
  it('reads what is within the limit, byte for byte', async () => {
    const { request } = source(3, 4)
    expect([...(await readBody(request, 12))]).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    expect(await readBody(new Request('http://x/', { method: 'POST' }), 10)).toHaveLength(0)
    expect(new TextDecoder().decode(await readBody(new Response('héllo'), 6))).toBe('héllo')
  })

  it('refuses a declared length before it reads, and cancels', async () => {
    const { request, seen } = source(3, 4, { 'content-length': '13' })
    await expect(readBody(request, 12)).rejects.toMatchObject({
      code: 'PF_REQUEST_TOO_LARGE',
      message: 'The request body is larger than 12 bytes. Send less at once, or raise limits.bodyBytes of the app.',
      details: { limit: 12 },
    })
    expect(seen.pulled).toBe(0)
    await Promise.resolve()
    expect(seen.canceled).toBe(undefined)
  })

  it('counts the bytes where no length, or a wrong one, is declared, and stops with the chunk that is over', async () => {
    for (const headers of [{}, { 'content-length': '3' }, { 'content-length': 'x' }]) {
      const { request, seen } = source(1_000_000, 1024, headers)
      await expect(readBody(request, 10_000)).rejects.toMatchObject({ code: 'PF_REQUEST_TOO_LARGE' })
      expect(seen.pulled).toBe(10)
      expect(seen.canceled).toMatchObject({ code: 'PF_REQUEST_TOO_LARGE' })
    }
  })

  it("says PF_REMOTE_RESPONSE of a peer's body", async () => {
    await expect(readBody(new Response('too long'), 3, { code: 'PF_REMOTE_RESPONSE' })).rejects.toMatchObject({
      code: 'PF_REMOTE_RESPONSE',
    })
  })

  it('takes the fast way only where the length is vouched for and within the limit', async () => {
    const spy = (headers: Record<string, string>) => {
      const calls: string[] = []
      return {
        calls,
        headers: new Headers(headers),
        get body() {
          calls.push('body')
          return new Response('abc').body
        },
        arrayBuffer: async () => {
          calls.push('arrayBuffer')
          return new TextEncoder().encode('abc').buffer as ArrayBuffer
        },
      }
    }
    const small = spy({ 'content-length': '3' })
    expect(await readBody(small, 3, { framed: true })).toHaveLength(3)
    expect(small.calls).toEqual(['arrayBuffer'])
    for (const headers of [{}, { 'content-length': '3', 'transfer-encoding': 'chunked' }]) {
      const other = spy(headers as Record<string, string>)
      expect(await readBody(other, 3, { framed: true })).toHaveLength(3)
      expect(other.calls).toEqual(['body'])
    }
    const unframed = spy({ 'content-length': '3' })
    await readBody(unframed, 3)
    expect(unframed.calls).toEqual(['body'])
    await expect(readBody(spy({ 'content-length': '4' }), 3, { framed: true })).rejects.toMatchObject({
      code: 'PF_REQUEST_TOO_LARGE',
    })
  })

  it('ends at an abort with its reason, cancels the stream and leaves the signal', async () => {
    const controller = new AbortController()
    let canceled: unknown
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(new Uint8Array(3)),
      cancel: (reason) => void (canceled = reason),
    })
    const reading = readBody(new Response(body), 100, { signal: controller.signal })
    setTimeout(() => controller.abort('enough'), 5)
    await expect(reading).rejects.toBe('enough')
    expect(canceled).toBe('enough')
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    await expect(readBody(new Response('x'), 100, { signal: controller.signal })).rejects.toBe('enough')
  })

  it('passes on the error of a broken stream', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('reset')) })
    await expect(readBody(new Response(body), 10)).rejects.toThrow('reset')
  })

  it('tells of every chunk', async () => {
    let chunks = 0
    await readBody(source(5, 1).request, 10, { onChunk: () => chunks++ })
    expect(chunks).toBe(5)
  })
})

describe('discard', () => {
  it('cancels, and shrugs where there is nothing to cancel', async () => {
    const { request, seen } = source(3, 4)
    discard(request)
    await Promise.resolve()
    expect(seen).toEqual({ pulled: 0, canceled: undefined })
    const locked = new Response('x')
    locked.body?.getReader()
    discard(locked)
    discard(new Response(null))
  })
})
