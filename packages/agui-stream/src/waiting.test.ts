// A run that has to wait for another one of its thread.
import { describe, expect, it } from 'vitest'
import { wireEvents } from '../test/read-stream'
import { inputOf, local, terminals, typesOf } from '../test/local'

/** An agent that works on one message until it is let go, and one that waits behind it. */
async function oneBehindAnother() {
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const answered: string[] = []
  const made = local(
    {
      onMessage: async ({ text }) => {
        begun.resolve()
        if (text === 'first') await gate.promise
        answered.push(text)
        return `Did ${text}.`
      },
    },
    { agui: { heartbeatMs: 20 } },
  )
  const first = made.run(inputOf('first', { threadId: 'queue' }))
  first.catch(() => {})
  await begun.promise
  const leaving = new AbortController()
  // Headers, while the one before is at work.
  const response = await made.post(inputOf('second', { threadId: 'queue', runId: 'second' }), {
    signal: leaving.signal,
  })
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  const readOn = async (): Promise<boolean> => {
    const { done, value } = await reader.read()
    text += decoder.decode(value)
    return !done
  }
  return { gate, made, first, answered, response, leaving, reader, readOn, read: () => text }
}

describe('a run that waits for another one of its thread', () => {
  it('has its stream, with signs of life, and is told there once it has its turn', async () => {
    const { gate, first, response, readOn, read } = await oneBehindAnother()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    // One at once, and one with each heartbeat.
    for (let count = 0; count < 3; count++) await readOn()
    expect(read()).toMatch(/^: waiting\n\n(?:: keep-alive\n\n)+$/)
    gate.resolve()
    expect(terminals(await first)).toEqual(['RUN_FINISHED'])
    while (await readOn());
    const events = wireEvents(read())
    expect(typesOf(events)[0]).toBe('RUN_STARTED')
    expect(events).toContainEqual(expect.objectContaining({ type: 'TEXT_MESSAGE_CONTENT', delta: 'Did second.' }))
    expect(terminals(events)).toEqual(['RUN_FINISHED'])
  })

  it('never begins once its client has left', async () => {
    const { gate, first, answered, made, reader } = await oneBehindAnother()
    await reader.cancel()
    gate.resolve()
    await first
    await made.run(inputOf('third', { threadId: 'queue' }))
    expect(answered).toEqual(['first', 'third'])
  })

  it('has one end where the server goes down meanwhile', async () => {
    const { gate, made, readOn, read } = await oneBehindAnother()
    const closed = made.app.close()
    gate.resolve()
    while (await readOn());
    await closed
    expect(terminals(wireEvents(read()))).toHaveLength(1)
  })

  it('is told what becomes of it where it is canceled', async () => {
    const { gate, made, readOn, read, first } = await oneBehindAnother()
    const stopped = await made.fetch('/agui/threads/queue/runs/second/cancel', { method: 'POST' })
    expect(stopped.status).toBe(200)
    while (await readOn());
    const events = wireEvents(read())
    expect(terminals(events)).toHaveLength(1)
    gate.resolve()
    await first
  })
})
