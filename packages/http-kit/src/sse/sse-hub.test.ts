import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { createSseHub, type SseHubOptions } from './sse-hub'
import { isSseResponse, sseResponse } from './sse-response'
import type { SseStream } from './sse-stream'
import { type TextSink, textSourceOf } from './text-source'

/** A hub with a stream in it, and what its owner was told. */
function setUp(options: SseHubOptions = {}) {
  const clock = createFakeClock()
  const hub = createSseHub({ clock, ...options })
  const told: string[] = []
  const open = () =>
    hub.open({
      gone: () => told.push('gone'),
      stalled: () => {
        told.push('stalled')
        return 'data: too slow\n\n'
      },
    })
  return { clock, hub, told, open, stream: open() }
}

/** A connection that takes so much, then says that it is full. */
function connection(room = Number.POSITIVE_INFINITY) {
  const state = { text: '', ended: false, destroyed: false, room }
  const sink: TextSink = {
    write(text) {
      state.text += text
      state.room -= text.length
      return state.room > 0
    },
    end: () => (state.ended = true),
    destroy: () => (state.destroyed = true),
  }
  return { state, sink }
}

const read = (stream: SseStream) => sseResponse(stream).text()

describe('a stream that a host takes straight', () => {
  it('gives what was written before and after, and ends', () => {
    const { hub, told, stream, clock } = setUp()
    expect(stream.write('a')).toBe(true)
    const { state, sink } = connection()
    stream.attach(sink)
    expect(state.text).toBe('a')
    expect(stream.write('b')).toBe(true)
    stream.close()
    expect(state).toMatchObject({ text: 'ab', ended: true, destroyed: false })
    expect(stream.write('late')).toBe(false)
    expect(hub.size).toBe(1)
    stream.gone()
    expect(hub.size).toBe(0)
    expect(told).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('gives all of it where it was over before anybody took it', () => {
    const { stream } = setUp()
    stream.write('a')
    stream.close()
    const { state, sink } = connection()
    stream.attach(sink)
    expect(state).toMatchObject({ text: 'a', ended: true })
  })

  it('says when its reader is behind, and when it is not any more', async () => {
    const { stream } = setUp()
    const { state, sink } = connection(3)
    stream.attach(sink)
    expect(stream.write('ab')).toBe(true)
    expect(stream.write('cd')).toBe(false)
    expect(stream.isBehind).toBe(true)
    expect(stream.write('ef')).toBe(false)
    expect(state.text).toBe('abcd')
    let hasRoom = false
    const room = stream.room().then(() => (hasRoom = true))
    await Promise.resolve()
    expect(hasRoom).toBe(false)
    state.room = 10
    stream.drained()
    await room
    expect(state.text).toBe('abcdef')
    expect(stream.isBehind).toBe(false)
    await stream.room()
  })

  it('ends once its reader has taken what waits', () => {
    const { stream } = setUp()
    const { state, sink } = connection(1)
    stream.attach(sink)
    stream.write('ab')
    stream.write('cd')
    stream.close()
    expect(state).toMatchObject({ text: 'ab', ended: false })
    state.room = 10
    stream.drained()
    expect(state).toMatchObject({ text: 'abcd', ended: true })
  })

  it('tells its owner once that the reader is gone, and lets who waits for room go on', async () => {
    const { stream, told, hub } = setUp()
    const { sink } = connection(1)
    stream.attach(sink)
    stream.write('ab')
    const room = stream.room()
    stream.gone()
    stream.gone()
    await room
    expect(told).toEqual(['gone'])
    expect(stream.isOver).toBe(true)
    expect(hub.size).toBe(0)
    const late = connection()
    stream.attach(late.sink)
    expect(late.state.ended).toBe(true)
  })
})

describe('the hub', () => {
  it('sends a heartbeat after silence, and has one timer for all of its streams', async () => {
    const { clock, stream, open, hub } = setUp({ heartbeatMs: 8000 })
    const streams = [stream, ...Array.from({ length: 50 }, open)]
    const connections = streams.map((one) => {
      const { state, sink } = connection()
      one.attach(sink)
      return state
    })
    expect(clock.pending).toBe(1)
    await clock.advance(6000)
    stream.write('x')
    await clock.advance(3000)
    expect(connections[0]?.text).toBe('x')
    expect(connections[1]?.text).toBe(': keep-alive\n\n')
    await clock.advance(9000)
    expect(connections[0]?.text).toBe('x: keep-alive\n\n')
    expect(connections[1]?.text).toBe(': keep-alive\n\n: keep-alive\n\n')
    for (const one of streams) one.gone()
    expect(clock.pending).toBe(0)
    expect(hub.size).toBe(0)
  })

  it('sends none where that is turned off', async () => {
    const { clock, stream } = setUp({ heartbeatMs: 0 })
    const { state, sink } = connection()
    stream.attach(sink)
    await clock.advance(1_000_000)
    expect(state.text).toBe('')
  })

  it('tells a reader that takes nothing, then cuts it off', async () => {
    const { clock, stream, told, hub } = setUp({ stallMs: 1000 })
    const { state, sink } = connection(1)
    stream.attach(sink)
    stream.write('ab')
    await clock.advance(900)
    expect(told).toEqual([])
    await clock.advance(300)
    expect(told).toEqual(['stalled', 'gone'])
    expect(stream.isOver).toBe(true)
    // It may still read what it was told.
    expect(state).toMatchObject({ text: 'ab', ended: false, destroyed: false })
    await clock.advance(1300)
    expect(state.destroyed).toBe(true)
    expect(hub.size).toBe(0)
    expect(clock.pending).toBe(0)
    expect(told).toEqual(['stalled', 'gone'])
  })

  it('tells it where it reads on after all', async () => {
    const { clock, stream } = setUp({ stallMs: 1000 })
    const { state, sink } = connection(1)
    stream.attach(sink)
    stream.write('ab')
    await clock.advance(1300)
    state.room = 100
    stream.drained()
    expect(state).toMatchObject({ text: 'abdata: too slow\n\n', ended: true })
  })

  it('leaves a slow reader alone that takes something now and then', async () => {
    const { clock, stream, told } = setUp({ stallMs: 1000 })
    const { state, sink } = connection(1)
    stream.attach(sink)
    for (let count = 0; count < 10; count++) {
      stream.write('ab')
      await clock.advance(800)
      state.room = 1
      stream.drained()
    }
    expect(told).toEqual([])
  })

  it('gives up a stream that nobody ever took', async () => {
    const { clock, stream, told, hub } = setUp({ stallMs: 1000 })
    stream.write('a')
    await clock.advance(3000)
    expect(told).toEqual(['stalled', 'gone'])
    expect(hub.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('gives up a reader that does not take the end', async () => {
    const { clock, stream, told, hub } = setUp({ stallMs: 1000 })
    const { state, sink } = connection(1)
    stream.attach(sink)
    stream.write('ab')
    stream.close()
    await clock.advance(5000)
    expect(state.destroyed).toBe(true)
    expect(hub.size).toBe(0)
    expect(told).toEqual([])
  })

  it('ends all streams when it closes, and tells whoever writes them', () => {
    const { hub, stream, open, told } = setUp()
    const { state, sink } = connection()
    stream.attach(sink)
    open()
    hub.close()
    expect(state.ended).toBe(true)
    expect(told).toEqual(['gone', 'gone'])
    expect(stream.write('late')).toBe(false)
  })
})

describe('the response of a stream', () => {
  it('is a response like any other for whoever looks at it', async () => {
    const { stream, hub } = setUp()
    stream.write('a')
    const response = sseResponse(stream, { 'x-own': '1' })
    expect(response).toBeInstanceOf(Response)
    expect(isSseResponse(response)).toBe(true)
    expect(textSourceOf(response)).toBe(stream)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-own': '1',
    })
    // From now on a header may be another.
    expect(isSseResponse(response)).toBe(false)
    expect(textSourceOf(response.body)).toBe(stream)
    const wrapped = new Response(response.body, response)
    expect(textSourceOf(wrapped.body)).toBe(stream)
    stream.write('b')
    const text = wrapped.text()
    stream.close()
    expect(await text).toBe('ab')
    expect(hub.size).toBe(0)
  })

  it('goes out in few chunks, the first at once', async () => {
    const { stream, clock } = setUp()
    const reader = sseResponse(stream).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    const next = async () => new TextDecoder().decode((await reader.read()).value)
    const first = next()
    await clock.settle()
    stream.write('a')
    expect(await first).toBe('a')
    const second = next()
    for (const text of ['b', 'c', 'd']) expect(stream.write(text)).toBe(true)
    await clock.settle()
    stream.write('e')
    await clock.advance(0)
    expect(await second).toBe('bcde')
    stream.close()
    expect((await reader.read()).done).toBe(true)
  })

  it('holds its writer back while the reader is behind, and gives everything in the end', async () => {
    const { stream, clock } = setUp({ bufferLength: 100 })
    const received = read(stream)
    let text = ''
    const writing = (async () => {
      for (let count = 0; count < 200; count++) {
        const frame = `data: ${count}\n\n`
        text += frame
        if (!stream.write(frame)) await stream.room()
      }
      stream.close()
    })()
    await clock.until(writing)
    expect(await received).toBe(text)
  })

  it('says to its owner that the reader canceled it', async () => {
    for (const hasRead of [true, false]) {
      const { stream, told, hub, clock } = setUp()
      stream.write('a')
      const reader = sseResponse(stream).body?.getReader()
      if (hasRead) await reader?.read()
      await reader?.cancel()
      expect(told).toEqual(['gone'])
      expect(hub.size).toBe(0)
      expect(clock.pending).toBe(0)
    }
  })

  it('fails for a reader that takes nothing for too long', async () => {
    const { stream, clock, hub } = setUp({ stallMs: 1000, bufferLength: 10 })
    const reader = sseResponse(stream).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    stream.write('x'.repeat(20))
    await reader.read()
    stream.write('y'.repeat(20))
    await clock.advance(5000)
    expect(hub.size).toBe(0)
    await expect(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ).rejects.toMatchObject({ name: 'AbortError' })
  })
})
