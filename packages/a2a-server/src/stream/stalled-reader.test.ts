// A reader that stops reading, over real sockets. Time stands still but where a test moves it, so that what is told when
// is exact; what the kernel holds for a connection is not, and is waited for.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock, RunEvent } from '@pf-agents/agent-core'
import { createFakeClock, type FakeClock } from '@pf-agents/agent-core/testing'
import { toNodeListener } from '@pf-agents/app/node'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { brief, eventOf, type Frame, open, sendParams, streamingApp } from '../../test/stream-client'

const stallMs = 8000
/** The streams are looked at eight times within `stallMs`. */
const lookMs = stallMs / 8

const replay = 'urn:pf-agents:a2a:replay:v1'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Events of 100 KB; so many of them are more than a kernel takes for a connection. */
const count = 250
const text = 'x'.repeat(100_000)
const artifact = (index: number): RunEvent => ({
  type: 'artifact',
  artifact: { artifactId: `a${index}`, parts: [{ text }] },
})

/** Time stands still; a turn of the event loop is one all the same, for long runs let others have theirs. */
const withTurns = (clock: FakeClock): Clock => ({
  now: () => clock.now(),
  after(ms, callback) {
    if (ms > 0) return clock.after(ms, callback)
    const turn = setImmediate(callback)
    return () => clearImmediate(turn)
  },
})

/** A server whose agent says all it has at once, and whose sockets are at hand. */
async function start(events: readonly RunEvent[] = Array.from({ length: count }, (_, index) => artifact(index))) {
  const clock = createFakeClock()
  const more = Promise.withResolvers<void>()
  const said = Promise.withResolvers<void>()
  const app = streamingApp(
    {
      async *onMessage() {
        await more.promise
        for (const event of events) yield event
        said.resolve()
      },
    },
    {
      server: { streaming: { stallMs, heartbeatMs: 0 } },
      streams: { pollMs: 0 },
      app: { clock: withTurns(clock), closeGraceMs: 0 },
    },
  )
  // A connection that waits for its next request while a busy machine reads the streams of others is not closed for that.
  const server = createServer({ keepAliveTimeout: 0 }, toNodeListener(app))
  const sockets = new Map<number, Socket>()
  server.on('connection', (socket) => sockets.set(socket.remotePort as number, socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(
    () => app.close(),
    () => {
      server.closeAllConnections()
      server.close()
    },
  )
  const { port } = server.address() as AddressInfo
  return {
    clock,
    port,
    url: `http://127.0.0.1:${port}`,
    /** Lets the agent say what it has, and waits until it has. */
    say: () => {
      more.resolve()
      return said.promise
    },
    /** The server's end of a reader's connection. */
    endOf: (reader: RawReader) => sockets.get(reader.socket.localPort as number) as Socket,
  }
}

/** Bytes on a socket, read only when told to. */
class RawReader {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  #bytes: Buffer[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => this.#bytes.push(chunk))
  }

  static async open(port: number): Promise<RawReader> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    closing.push(() => socket.destroy())
    return new RawReader(socket)
  }

  request(method: string, params: unknown, headers = ''): void {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'r-1', method, params })
    this.#bytes = []
    this.socket.write(
      `POST / HTTP/1.1\r\nhost: x\r\na2a-version: 1.0\r\n${headers}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }

  /** What came: the frames that are whole, and whether the answer ended as HTTP says it must. */
  get answer(): { frames: Frame[]; isWhole: boolean } {
    const raw = Buffer.concat(this.#bytes)
    let at = raw.indexOf('\r\n\r\n') + 4
    let body = ''
    for (;;) {
      const end = raw.indexOf('\r\n', at)
      const size = end < 0 ? Number.NaN : Number.parseInt(raw.toString('latin1', at, end), 16)
      // A chunk that was cut off counts for what came of it.
      if (!Number.isNaN(size)) body += raw.toString('utf8', end + 2, end + 2 + size)
      if (size === 0 || Number.isNaN(size) || end + 2 + size > raw.length) {
        const frames = body.split('\n\n').slice(0, -1).map(frameOf)
        return { frames, isWhole: size === 0 }
      }
      at = end + 2 + size + 2
    }
  }

  /** The first frames, up to one that the condition holds for. */
  async until(condition: (frames: Frame[]) => boolean): Promise<Frame[]> {
    this.socket.resume()
    while (!condition(this.answer.frames)) await once(this.socket, 'data')
    return this.answer.frames
  }

  /** Everything that is left, up to the end of the answer or of the connection. */
  async rest(): Promise<{ frames: Frame[]; isWhole: boolean }> {
    const tail = () => Buffer.concat(this.#bytes.slice(-2)).subarray(-7).toString('latin1')
    const ended = new Promise<void>((resolve) => {
      this.socket.on('data', () => tail() === '\r\n0\r\n\r\n' && resolve())
    })
    this.socket.resume()
    await Promise.race([ended, this.closed])
    return this.answer
  }
}

function frameOf(lines: string): Frame {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(lines)?.[1]
  const [id, event, data] = [field('id'), field('event'), field('data')]
  return { ...(id && { id }), ...(event && { event }), ...(data && { data: JSON.parse(data) }) }
}

/** A reader that has the task, and takes nothing from then on. */
async function stalledReader(server: Awaited<ReturnType<typeof start>>) {
  const reader = await RawReader.open(server.port)
  reader.request('SendStreamingMessage', sendParams('go'))
  const frames = await reader.until((all) => all.length > 1)
  reader.socket.pause()
  return { reader, id: eventOf('JSONRPC', frames[0] as Frame).task.id as string, end: server.endOf(reader) }
}

/** The kernel has taken for this connection what it takes. */
async function isStuck(end: Socket): Promise<void> {
  let last = -1
  await vi.waitFor(
    () => {
      const { bytesWritten, writableLength } = end
      const isSame = bytesWritten === last
      last = bytesWritten
      expect([isSame, writableLength > 0]).toEqual([true, true])
    },
    { timeout: 60_000, interval: 50 },
  )
}

/** What has not left the process for this connection. */
const unsent = (end: Socket): number =>
  (end as unknown as { _handle: { writeQueueSize: number } })._handle.writeQueueSize

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function memory(): Promise<number> {
  for (let time = 0; time < 3; time++) {
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const idsOf = (frames: readonly Frame[]) => frames.flatMap(({ id }) => id ?? [])

/** What stands behind a frame, and all of the task's frames behind the first: together one row, each once. */
async function expectWholeWith(url: string, taskId: string, frames: readonly Frame[]): Promise<void> {
  const after = async (lastId: string | undefined) => {
    const headers = { 'a2a-extensions': replay, 'last-event-id': lastId as string }
    return (await open(fetch, url, 'JSONRPC', 'SubscribeToTask', { id: taskId }, { headers })).rest()
  }
  const [first, ...others] = idsOf(frames)
  const whole = idsOf(await after(first))
  expect(others.length).toBeLessThan(whole.length)
  expect([...others, ...idsOf(await after(others.at(-1) ?? first))]).toEqual(whole)
}

// Tens of megabytes go through each of them; a busy machine may take long.
describe('a reader that stops reading', { timeout: 180_000 }, () => {
  it('and reads on within the grace gets whole events, then the error, and goes on on the same connection', async () => {
    const server = await start()
    const { clock } = server
    const { reader, id, end } = await stalledReader(server)
    await server.say()
    await isStuck(end)
    // Looked at once it has been stuck for long enough, whenever that began between two looks.
    await clock.advance(stallMs + lookMs)
    expect(end.destroyed).toBe(false)
    // Nothing more is written for it, whatever the time.
    await clock.advance(stallMs - 2 * lookMs)
    expect(end.destroyed).toBe(false)
    const { frames, isWhole } = await reader.rest()
    expect(isWhole).toBe(true)
    const told = frames.pop() as Frame
    expect(told.event).toBe('error')
    expect(told.data).toMatchObject({ jsonrpc: '2.0', id: 'r-1' })
    expect(JSON.stringify(told.data)).toContain('PF_STREAM_LAGGED')
    expect(frames.length).toBeLessThan(count)
    await expectWholeWith(server.url, id, frames)
    // The answer ended as an answer: the connection is good for the next request.
    reader.request('GetTask', { id, historyLength: 0 })
    await once(reader.socket, 'data')
    expect(end.destroyed).toBe(false)
  })

  it('and never reads is cut off within the time that is documented, and may come back', async () => {
    const server = await start()
    const { clock } = server
    const { reader, id, end } = await stalledReader(server)
    await server.say()
    await isStuck(end)
    await clock.advance(2 * stallMs - lookMs)
    expect(end.destroyed).toBe(false)
    await clock.advance(3 * lookMs)
    expect(end.destroyed).toBe(true)
    const { frames, isWhole } = await reader.rest()
    expect(isWhole).toBe(false)
    expect(frames.some(({ event }) => event === 'error')).toBe(false)
    await expectWholeWith(server.url, id, frames)
    // No stream is left to be looked at.
    expect(clock.pending).toBe(0)
  })

  it('and takes a large event slowly is not given up while it takes of it', async () => {
    const large: RunEvent = {
      type: 'artifact',
      artifact: { artifactId: 'a', parts: [{ text: 'x'.repeat(40_000_000) }] },
    }
    const server = await start([large])
    const { reader, end } = await stalledReader(server)
    await server.say()
    await isStuck(end)
    let rounds = 0
    for (let left = unsent(end); left > 0; left = unsent(end)) {
      rounds++
      reader.socket.resume()
      // In steps of what a large receive buffer gives way in.
      await vi.waitFor(() => expect(unsent(end) === 0 || unsent(end) < left - 4_000_000).toBe(true), {
        timeout: 60_000,
        interval: 1,
      })
      reader.socket.pause()
      await server.clock.advance(stallMs / 2)
      expect(end.destroyed).toBe(false)
    }
    expect(rounds).toBeGreaterThan(4)
    const { frames, isWhole } = await reader.rest()
    expect(isWhole).toBe(true)
    expect(brief('JSONRPC', frames.slice(-1))).toEqual(['completed'])
  })

  it('holds little of the server, however large the events are', async () => {
    const server = await start()
    const { id, end: first } = await stalledReader(server)
    const readers = [first]
    while (readers.length < 6) {
      const reader = await RawReader.open(server.port)
      reader.request('SubscribeToTask', { id })
      await reader.until((frames) => frames.length > 0)
      reader.socket.pause()
      readers.push(server.endOf(reader))
    }
    await server.say()
    for (const end of readers) await isStuck(end)
    for (const { writableLength } of readers) expect(writableLength).toBeLessThan(500_000)
    const held = await memory()
    await server.clock.advance(2.25 * stallMs)
    expect(readers.every(({ destroyed }) => destroyed)).toBe(true)
    expect((held - (await memory())) / readers.length).toBeLessThan(1_000_000)
  })

  it('costs the other readers nothing', async () => {
    const server = await start()
    const { id, end } = await stalledReader(server)
    const quick = await open(fetch, server.url, 'HTTP+JSON', 'SubscribeToTask', { id })
    await quick.next()
    const rest = quick.rest()
    await server.say()
    const frames = await rest
    expect(brief('HTTP+JSON', frames.slice(-1))).toEqual(['completed'])
    expect(frames).toHaveLength(count + 1)
    await isStuck(end)
  })
})
