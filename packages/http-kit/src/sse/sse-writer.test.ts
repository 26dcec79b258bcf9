import { getEventListeners } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { readSse } from './read-sse'
import { sseHeaders } from './sse-event'
import { createSseWriter } from './sse-writer'

const text = async (stream: ReadableStream<Uint8Array>) => new Response(stream).text()

describe('createSseWriter', () => {
  it('delivers what was written, then ends', async () => {
    const writer = createSseWriter()
    expect(await writer.write({ data: 'a' })).toBe(true)
    expect(await writer.write({ data: 'b', id: '2' })).toBe(true)
    writer.close()
    writer.close()
    expect(await writer.write({ data: 'late' })).toBe(false)
    expect(await text(writer.stream)).toBe('data: a\n\nid: 2\ndata: b\n\n')
    expect(writer.signal.aborted).toBe(false)
  })

  it('sends a heartbeat after silence, and only then', async () => {
    const clock = createFakeClock()
    const writer = createSseWriter({ heartbeatMs: 1000, clock })
    const received = text(writer.stream)
    await clock.advance(900)
    await writer.write({ data: 'a' })
    await clock.advance(900)
    await writer.write({ data: 'b' })
    await clock.advance(2500)
    writer.close()
    expect(clock.pending).toBe(0)
    expect(await received).toBe('data: a\n\ndata: b\n\n: keep-alive\n\n: keep-alive\n\n')
  })

  it('holds its caller back while the reader is behind, and adds no heartbeats then', async () => {
    const clock = createFakeClock()
    const writer = createSseWriter({ bufferLength: 100, heartbeatMs: 1000, clock })
    const frame = `data: ${'x'.repeat(20)}\n\n`
    let written = 0
    const producing = (async () => {
      while (written < 50 && (await writer.write({ data: 'x'.repeat(20) }))) written++
      writer.close()
    })()
    await clock.advance(10_000)
    // 28 characters each: the fourth fills the buffer, and is waited for.
    expect(written).toBe(3)
    const received = text(writer.stream)
    await clock.advance(100)
    await producing
    expect(await received).toBe(frame.repeat(50))
  })

  it('sends an event at once, and those of the same turn together with the next', async () => {
    const clock = createFakeClock()
    const writer = createSseWriter({ heartbeatMs: 0, clock })
    const reader = writer.stream.getReader()
    const chunks: string[] = []
    const reading = (async () => {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read())
        chunks.push(new TextDecoder().decode(chunk.value))
    })()
    for (let event = 0; event < 5; event++) await writer.write({ data: `${event}` })
    expect(chunks).toEqual(['data: 0\n\n'])
    await clock.advance(1)
    expect(chunks[1]).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n')
    await clock.advance(1)
    await writer.write({ data: 'alone' })
    await clock.settle()
    expect(chunks[2]).toBe('data: alone\n\n')
    await writer.write({ data: 'last' })
    writer.close()
    await reading
    expect(chunks[3]).toBe('data: last\n\n')
    expect(clock.pending).toBe(0)
  })

  it('tells its producer when the reader goes away, and leaves nothing behind', async () => {
    const clock = createFakeClock()
    const { signal } = new AbortController()
    const writer = createSseWriter({ bufferLength: 10, signal, clock })
    const blocked = writer.write({ data: 'x'.repeat(100) })
    await writer.stream.cancel('bye')
    expect(await blocked).toBe(false)
    expect(writer.signal.reason).toBe('bye')
    expect(await writer.write({ data: 'y' })).toBe(false)
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it("ends with the request's signal", async () => {
    const controller = new AbortController()
    const writer = createSseWriter({ signal: controller.signal })
    await writer.write({ data: 'a' })
    controller.abort('gone')
    expect(writer.signal.reason).toBe('gone')
    expect(await writer.write({ data: 'b' })).toBe(false)
    expect(await text(writer.stream)).toBe('data: a\n\n')
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    const late = createSseWriter({ signal: controller.signal })
    expect(await late.write({ data: 'c' })).toBe(false)
    expect(await text(late.stream)).toBe('')
  })

  it('streams over HTTP, and stops its producer when the client hangs up', async () => {
    const stopped = Promise.withResolvers<number>()
    const server = createServer((_request, response) => {
      response.writeHead(200, sseHeaders)
      const writer = createSseWriter({ bufferLength: 1000 })
      const body = Readable.fromWeb(writer.stream as never)
      body.on('error', () => {}).pipe(response)
      response.on('close', () => body.destroy())
      void (async () => {
        let count = 0
        while (await writer.write({ data: `${count}` })) count++
        stopped.resolve(count)
      })()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      expect(response.headers.get('content-type')).toBe('text/event-stream')
      const got: string[] = []
      for await (const event of readSse(response.body as ReadableStream<Uint8Array>)) {
        got.push(event.data)
        if (got.length === 100) break
      }
      expect(got).toEqual(Array.from({ length: 100 }, (_, index) => `${index}`))
      expect(await stopped.promise).toBeGreaterThanOrEqual(100)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
