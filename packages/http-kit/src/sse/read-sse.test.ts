import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { readSse } from './read-sse'

function endless() {
  const seen = { sent: 0, canceled: 'never' as unknown }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(`data: ${++seen.sent}\n\n`))
      },
      cancel: (reason) => void (seen.canceled = reason),
    },
    { highWaterMark: 0 },
  )
  return { seen, stream }
}

describe('readSse', () => {
  it('gives every event and ends with the stream', async () => {
    const got: string[] = []
    for await (const event of readSse(
      new Response('data: 1\n\ndata: 2\n\ndata: half').body as ReadableStream<Uint8Array>,
    ))
      got.push(event.data)
    expect(got).toEqual(['1', '2'])
  })

  it('cancels the body where the loop is left, and asks for no more than is read', async () => {
    const { stream, seen } = endless()
    for await (const event of readSse(stream)) if (event.data === '3') break
    expect(seen).toEqual({ sent: 3, canceled: undefined })
    expect(stream.locked).toBe(false)
  })

  it('throws the reason of an abort, while it waits and between two events', async () => {
    const controller = new AbortController()
    let canceled: unknown
    const silent = new ReadableStream<Uint8Array>({ cancel: (reason) => void (canceled = reason) })
    const reading = readSse(silent, { signal: controller.signal }).next()
    setTimeout(() => controller.abort('enough'), 5)
    await expect(reading).rejects.toBe('enough')
    expect(canceled).toBe('enough')
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)

    const second = new AbortController()
    const { stream, seen } = endless()
    const events = readSse(stream, { signal: second.signal })
    expect((await events.next()).value).toMatchObject({ data: '1' })
    second.abort('stop')
    await expect(events.next()).rejects.toBe('stop')
    expect(seen.canceled).toBe('stop')

    const { stream: unread, seen: nothing } = endless()
    await expect(readSse(unread, { signal: second.signal }).next()).rejects.toBe('stop')
    expect(nothing.sent).toBe(0)
  })

  it('throws where the connection breaks, after what came before', async () => {
    let pulled = 0
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulled++ === 0) controller.enqueue(new TextEncoder().encode('data: 1\n\n'))
        else controller.error(new Error('reset'))
      },
    })
    const got: string[] = []
    await expect(
      (async () => {
        for await (const event of readSse(broken)) got.push(event.data)
      })(),
    ).rejects.toThrow('reset')
    expect(got).toEqual(['1'])
  })

  it('gives what came in front of too long an event, and then throws, also where the stream ends with that chunk', async () => {
    const got: string[] = []
    const read = async () => {
      const body = new Response('data: 1\n\ndata: 22\n\ndata: 3\n\n').body as ReadableStream<Uint8Array>
      for await (const event of readSse(body, { maxEventLength: 1 })) got.push(event.data)
    }
    await expect(read()).rejects.toMatchObject({ code: 'PF_REMOTE_RESPONSE', details: { maxEventLength: 1 } })
    expect(got).toEqual(['1'])
  })

  it('cancels the body of a peer that sends too long an event', async () => {
    const { stream, seen } = endless()
    const events = readSse(stream, { maxEventLength: 1 })
    for (let event = 0; event < 9; event++) await events.next()
    await expect(events.next()).rejects.toMatchObject({ code: 'PF_REMOTE_RESPONSE' })
    expect(seen.canceled).toBe(undefined)
  })
})
