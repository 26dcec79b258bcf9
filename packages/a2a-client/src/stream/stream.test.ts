import { getEventListeners } from 'node:events'
import type { StreamResponse } from '@pf-agents/a2a-protocol'
import { createFakeClock, type FakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { broken, createPeer, type Peer, refused, rpc, wireTask } from '../../test/peer'
import { createStreamPeer, type Ending, sse, streamCard, wrap } from '../../test/stream-peer'
import { createA2AClient } from '../client'
import type { ClientBinding } from '../options'
import { userMessage } from '../user-message'
import type { A2AEventStream } from './event-stream'
import { createTaskFold } from './fold'
import type { StreamOptions } from './options'

const bindings: ClientBinding[] = ['JSONRPC', 'HTTP+JSON']
const ids = { taskId: 't-1', contextId: 'c-1' }
const status = (state: string, text?: string) => ({
  statusUpdate: {
    ...ids,
    status: {
      state: `TASK_STATE_${state}`,
      timestamp: '2026-01-01T00:00:00.000Z',
      ...(text && { message: { messageId: `m-${text}`, role: 'ROLE_AGENT', parts: [{ text }] } }),
    },
  },
})
const chunk = (text: string, append = true) => ({
  artifactUpdate: { ...ids, artifact: { artifactId: 'a', parts: [{ text }] }, ...(append && { append }) },
})
const submitted = { task: { id: 't-1', contextId: 'c-1', status: { state: 'TASK_STATE_SUBMITTED' } } }
const usual = [submitted, status('WORKING'), chunk('a', false), chunk('b'), chunk('c'), status('COMPLETED', 'done')]
const texts = ['', '', 'a', 'ab', 'abc', 'abc']
const states = ['SUBMITTED', 'WORKING', 'WORKING', 'WORKING', 'WORKING', 'COMPLETED']

/** The usual task once `count` of its events came about. */
const snapshot = (count: number) => ({
  id: 't-1',
  contextId: 'c-1',
  status: { state: `TASK_STATE_${states[count - 1]}` },
  ...(texts[count - 1] && { artifacts: [{ artifactId: 'a', parts: [{ text: texts[count - 1] }] }] }),
})

const clientOf = (peer: Peer, clock?: FakeClock, random = { id: () => 'id', fraction: () => 0.5 }) =>
  createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, random: random as never, ...(clock && { clock }) })

async function read(stream: A2AEventStream): Promise<StreamResponse[]> {
  const events: StreamResponse[] = []
  for await (const event of stream) events.push(event)
  return events
}

/** Each event in a word. */
const brief = (events: readonly StreamResponse[]) =>
  events.map((event) => {
    if ('task' in event)
      return `task ${event.task.status.state} ${event.task.artifacts[0]?.parts[0]?.text ?? ''}`.trim()
    if ('message' in event) return 'message'
    if ('statusUpdate' in event) return event.statusUpdate.status.state
    return `+${event.artifactUpdate.artifact.parts[0]?.text}`
  })

const whole = ['task submitted', 'working', '+a', '+b', '+c', 'completed']
const send = (peer: Peer, clock?: FakeClock, options?: StreamOptions) =>
  clientOf(peer, clock).sendStreamingMessage({ message: userMessage('go') }, options)

describe.each(bindings)('a stream over %s', (binding) => {
  const peerOf = (answer: Parameters<typeof createPeer>[0], streaming = true) =>
    createPeer(answer, () => Response.json(streamCard(binding, [], streaming)))

  it('gives the events as they come, and the task they fold to', async () => {
    const peer = createStreamPeer({
      binding,
      events: usual,
      replays: false,
      connections: [{ frames: 99, ending: 'close' }],
      snapshot,
    })
    const stream = send(peer)
    expect(brief(await read(stream))).toEqual(whole)
    expect(stream.task).toMatchObject({
      id: 't-1',
      status: { state: 'completed' },
      artifacts: [{ artifactId: 'a', parts: [{ text: 'abc' }] }],
      history: [{ messageId: 'm-done' }],
    })
    const [asked] = peer.asked
    expect(asked).toMatchObject(
      binding === 'JSONRPC'
        ? { rpc: 'SendStreamingMessage', params: { message: { role: 'ROLE_USER' } } }
        : { method: 'POST', path: '/rest/message:stream' },
    )
    expect(asked?.headers.get('accept')).toMatch(/^text\/event-stream, /)
  })

  it('gives one message where the agent makes no task', async () => {
    const message = { messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'hi' }] }
    const peer = peerOf((asked) => sse([{ data: wrap(asked, { message }) }]).response)
    await expect(send(peer).result()).resolves.toMatchObject({ message: { role: 'agent', parts: [{ text: 'hi' }] } })
    expect(peer.asked).toHaveLength(1)
  })

  it.each<Ending>(['break', 'close', 'hang'])(
    'is taken up again wherever its connection ends (%s): with the replay extension every event comes once',
    async (ending) => {
      for (let frames = 1; frames < usual.length; frames++) {
        const clock = createFakeClock()
        const peer = createStreamPeer({
          binding,
          events: usual,
          replays: true,
          connections: [
            { frames, ending },
            { frames: 99, ending: 'close' },
          ],
          snapshot,
        })
        const stream = send(peer, clock)
        expect(brief(await clock.until(read(stream))), `cut behind ${frames}`).toEqual(whole)
        expect(stream.task?.artifacts[0]?.parts).toEqual([{ text: 'abc' }])
        expect(peer.asked).toHaveLength(2)
        expect(peer.asked[1]?.headers.get('last-event-id')).toBe(String(frames))
        expect(clock.pending).toBe(0)
      }
    },
  )

  it('is taken up again after each single event', async () => {
    const clock = createFakeClock()
    const peer = createStreamPeer({
      binding,
      events: usual,
      replays: true,
      connections: [{ frames: 1, ending: 'break' }],
      snapshot,
    })
    expect(brief(await clock.until(read(send(peer, clock))))).toEqual(whole)
    // The last one finds that nothing came behind the end.
    expect(peer.asked).toHaveLength(usual.length + 1)
  })

  it('is taken up again with the task as it then stands where the agent has no replay', async () => {
    for (let frames = 1; frames < usual.length; frames++) {
      const clock = createFakeClock()
      const peer = createStreamPeer({
        binding,
        events: usual,
        replays: false,
        connections: [
          { frames, ending: 'break' },
          { frames: 99, ending: 'close' },
        ],
        snapshot,
      })
      const stream = send(peer, clock)
      const state = states[frames - 1]?.toLowerCase()
      expect(brief(await clock.until(read(stream)))).toEqual([
        ...whole.slice(0, frames),
        `task ${state} ${texts[frames - 1]}`.trim(),
        ...whole.slice(frames),
      ])
      expect(stream.task?.artifacts[0]?.parts).toEqual([{ text: 'abc' }])
      expect(peer.asked[1]?.headers.has('last-event-id')).toBe(false)
    }
  })

  it('leaves out what an agent with the replay extension sends twice', async () => {
    const frames = usual.map((event, index) => ({ id: String(index + 1), event }))
    const clock = createFakeClock()
    const uri = 'urn:pf-agents:a2a:replay:v1'
    let count = 0
    const peer = createPeer(
      (asked) => {
        const all = frames.map(({ id, event }) => ({ id, data: wrap(asked, event) }))
        const headers = { 'a2a-extensions': uri }
        return count++ === 0
          ? sse(all.slice(0, 4), 'break', headers).response
          : sse(all.slice(1), 'close', headers).response
      },
      () => Response.json(streamCard(binding, [{ uri }])),
    )
    expect(brief(await clock.until(read(send(peer, clock))))).toEqual(whole)
  })

  it('asks for the task where it can not be subscribed to any more', async () => {
    const clock = createFakeClock()
    const unsupported = { code: -32004, message: 'over' }
    const peer = peerOf((asked, count) => {
      if (count === 1)
        return sse([{ data: wrap(asked, submitted) }, { data: wrap(asked, status('WORKING')) }], 'break').response
      if (count > 2) return asked.rpc ? rpc(asked, wireTask()) : Response.json(wireTask())
      return asked.rpc
        ? Response.json({ jsonrpc: '2.0', id: asked.id, error: unsupported })
        : Response.json(
            {
              error: {
                code: 400,
                status: 'FAILED_PRECONDITION',
                message: 'over',
                details: [
                  {
                    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
                    reason: 'UNSUPPORTED_OPERATION',
                    domain: 'a2a-protocol.org',
                  },
                ],
              },
            },
            { status: 400 },
          )
    })
    expect(brief(await clock.until(read(send(peer, clock))))).toEqual(['task submitted', 'working', 'task completed'])
    expect(peer.asked.map(({ rpc: method, path }) => method ?? path)).toEqual(
      binding === 'JSONRPC'
        ? ['SendStreamingMessage', 'SubscribeToTask', 'GetTask']
        : ['/rest/message:stream', '/rest/tasks/t-1:subscribe', '/rest/tasks/t-1'],
    )
  })

  it('throws why it broke where the task neither can be subscribed to nor is over', async () => {
    const clock = createFakeClock()
    const peer = peerOf((asked, count) => {
      if (count === 1) return sse([{ data: wrap(asked, submitted) }], 'break').response
      if (count > 2) {
        const task = wireTask('t-1', 'TASK_STATE_WORKING')
        return asked.rpc ? rpc(asked, task) : Response.json(task)
      }
      return asked.rpc
        ? Response.json({ jsonrpc: '2.0', id: asked.id, error: { code: -32004, message: 'no' } })
        : Response.json(
            {
              error: {
                code: 400,
                message: 'no',
                details: [
                  {
                    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
                    reason: 'UNSUPPORTED_OPERATION',
                    domain: 'a2a-protocol.org',
                  },
                ],
              },
            },
            { status: 400 },
          )
    })
    await expect(clock.until(read(send(peer, clock)))).rejects.toMatchObject({ code: 'PF_HTTP_FAILED' })
  })

  it('waits longer and longer between attempts that bring nothing, and gives up after eight', async () => {
    const clock = createFakeClock()
    const times: number[] = []
    const peer = peerOf((asked, count) => {
      times.push(clock.now())
      if (count === 1) return sse([{ data: wrap(asked, submitted) }], 'break').response
      throw refused()
    })
    const stream = clientOf(peer, clock, { id: () => 'id', fraction: () => 0.999_999 }).sendStreamingMessage({
      message: userMessage('go'),
    })
    await expect(clock.until(read(stream))).rejects.toMatchObject({
      code: 'PF_HTTP_FAILED',
      details: { failure: 'refused' },
    })
    expect(times.slice(1).map((time, index) => time - (times[index] as number))).toEqual([
      199, 399, 799, 1599, 3199, 6399, 9999, 9999,
    ])
    expect(clock.pending).toBe(0)
  })

  it('waits as long as Retry-After says', async () => {
    const clock = createFakeClock()
    const times: number[] = []
    const peer = peerOf((asked, count) => {
      times.push(clock.now())
      if (count === 1) return sse([{ data: wrap(asked, submitted) }], 'break').response
      if (count === 2) return new Response('busy', { status: 503, headers: { 'retry-after': '7' } })
      return sse([{ data: wrap(asked, submitted) }, { data: wrap(asked, status('COMPLETED')) }]).response
    })
    await clock.until(read(send(peer, clock)))
    expect((times[2] as number) - (times[1] as number)).toBeGreaterThanOrEqual(7000)
  })

  /** A peer whose stream breaks, and which then says when to come again. */
  const busyPeer = (statusCode: number, retryAfter: string, times: number) =>
    peerOf((asked, count) => {
      if (count === 1) return sse([{ data: wrap(asked, submitted) }], 'break').response
      if (count <= 1 + times)
        return new Response('busy', { status: statusCode, headers: { 'retry-after': retryAfter } })
      return sse([{ data: wrap(asked, submitted) }, { data: wrap(asked, status('COMPLETED')) }]).response
    })

  it.each([429, 503])('is given up at once where the agent asks for too long a wait (%i)', async (code) => {
    const clock = createFakeClock()
    const peer = busyPeer(code, '86400', 99)
    const begun = clock.now()
    await expect(clock.until(read(send(peer, clock)))).rejects.toMatchObject({
      name: 'A2AError',
      retryAfterMs: 86_400_000,
      remote: { httpStatus: code },
    })
    expect(clock.now() - begun).toBeLessThan(1_000)
    expect([peer.asked.length, clock.pending]).toEqual([2, 0])
  })

  it('is given up where the waits that the agent asks for add up to too much, and nothing new came', async () => {
    const clock = createFakeClock()
    const peer = busyPeer(503, '11', 99)
    await expect(clock.until(read(send(peer, clock)))).rejects.toMatchObject({ retryAfterMs: 11_000 })
    // Twice 11 seconds are less than 30.
    expect(peer.asked).toHaveLength(4)
    const patient = { resubscribe: { maxRetryAfterMs: 60_000 } }
    expect(await clock.until(read(send(busyPeer(503, '11', 5), clock, patient)))).toHaveLength(3)
    await expect(clock.until(read(send(busyPeer(503, '11', 6), clock, patient)))).rejects.toMatchObject({
      retryAfterMs: 11_000,
    })
    const hasty = { resubscribe: { maxRetryAfterMs: 0 } }
    await expect(clock.until(read(send(busyPeer(503, '1', 1), clock, hasty)))).rejects.toMatchObject({
      retryAfterMs: 1_000,
    })
  })

  it('waits anew as often as something new came', async () => {
    const clock = createFakeClock()
    // Each connection brings one event more, and then a wait of 20 seconds.
    const peer = peerOf((asked, count) => {
      const isBusy = count % 2 === 0
      if (isBusy) return new Response('busy', { status: 503, headers: { 'retry-after': '20' } })
      const end = count === 9 ? status('COMPLETED') : status('WORKING', `${count}`)
      return sse([{ data: wrap(asked, submitted) }, { data: wrap(asked, end) }], 'break').response
    })
    const events = await clock.until(read(send(peer, clock)))
    expect(brief(events).filter((one) => one === 'working')).toHaveLength(4)
    expect(brief(events)).toContain('completed')
    expect(clock.pending).toBe(0)
  })

  it.each<[string, object[]]>([
    ['the task twice', [submitted, submitted]],
    ['where the task stands, without the task', [status('WORKING')]],
    [
      'a large task, twice',
      Array<object>(2).fill({ task: { ...submitted.task, metadata: { x: 'x'.repeat(200_000) } } }),
    ],
    ['the task and where it stands', [submitted, status('WORKING'), status('WORKING', 'x')]],
  ])('is given up where each connection tells the same: %s', async (_, told) => {
    const clock = createFakeClock()
    const peer = peerOf(
      (asked) =>
        sse(
          told.map((one) => ({ data: wrap(asked, one) })),
          'break',
        ).response,
    )
    await expect(clock.until(read(send(peer, clock)))).rejects.toMatchObject({ code: 'PF_HTTP_FAILED' })
    // That of the call, a first subscription, and eight that bring nothing new.
    expect(peer.asked).toHaveLength(10)
    const busy = peerOf((asked, count) =>
      count % 2 === 0
        ? new Response('busy', { status: 503, headers: { 'retry-after': '11' } })
        : sse(
            told.map((one) => ({ data: wrap(asked, one) })),
            'break',
          ).response,
    )
    await expect(clock.until(read(send(busy, clock)))).rejects.toMatchObject({ retryAfterMs: 11_000 })
    expect(clock.pending).toBe(0)
  })

  it('goes on for as long as connections tell more than the one before, whatever they begin with', async () => {
    const clock = createFakeClock()
    const peer = peerOf((asked, count) => {
      const words = Array.from({ length: count }, () => chunk('a'))
      const end = count === 40 ? [status('COMPLETED')] : []
      return sse(
        [submitted, ...words, ...end].map((one) => ({ data: wrap(asked, one) })),
        'break',
      ).response
    })
    expect(brief(await clock.until(read(send(peer, clock)))).at(-1)).toBe('completed')
    expect(peer.asked).toHaveLength(40)
  })

  it('is not taken up again where that is turned off', async () => {
    const peer = peerOf((asked) => sse([{ data: wrap(asked, submitted) }], 'break').response)
    await expect(read(send(peer, undefined, { resubscribe: false }))).rejects.toMatchObject({ code: 'PF_HTTP_FAILED' })
    expect(peer.asked).toHaveLength(1)
    const early = peerOf((asked) => sse([{ data: wrap(asked, submitted) }]).response)
    await expect(read(send(early, undefined, { resubscribe: false }))).rejects.toMatchObject({
      code: 'PF_REMOTE_RESPONSE',
      message: 'The agent ended the stream before the task was over.',
    })
  })

  it('never sends the message again where its connection broke before the first event', async () => {
    for (const answer of [
      () => sse([], 'break').response,
      () => sse([]).response,
      () => {
        throw broken()
      },
    ]) {
      const peer = peerOf(answer)
      await expect(read(send(peer))).rejects.toMatchObject({
        code: expect.stringMatching(/PF_HTTP_FAILED|PF_REMOTE_RESPONSE/),
      })
      expect(peer.asked).toHaveLength(1)
    }
  })

  it('sends the message again where it can not have arrived', async () => {
    const clock = createFakeClock()
    const peer = peerOf((asked, count) => {
      if (count === 1) throw refused()
      return sse(usual.map((event) => ({ data: wrap(asked, event) }))).response
    })
    expect(brief(await clock.until(read(send(peer, clock))))).toEqual(whole)
  })

  it('ends where the task waits for input, also on a connection that was taken up again', async () => {
    const events = [submitted, status('WORKING'), status('INPUT_REQUIRED', 'where to?')]
    const once = createStreamPeer({
      binding,
      events,
      replays: false,
      connections: [{ frames: 99, ending: 'close' }],
      snapshot,
    })
    expect(brief(await read(send(once)))).toEqual(['task submitted', 'working', 'input-required'])
    expect(once.asked).toHaveLength(1)
    const clock = createFakeClock()
    // A subscription stays open there.
    const again = createStreamPeer({
      binding,
      events,
      replays: true,
      connections: [
        { frames: 2, ending: 'break' },
        { frames: 1, ending: 'hang' },
      ],
      snapshot,
    })
    expect(brief(await clock.until(read(send(again, clock))))).toEqual(['task submitted', 'working', 'input-required'])
    expect(clock.pending).toBe(0)
  })

  it('does not come back for a task that waits for its sender', async () => {
    const clock = createFakeClock()
    const events = [submitted, status('INPUT_REQUIRED', 'where to?')]
    const peer = createStreamPeer({
      binding,
      events,
      replays: true,
      connections: [{ frames: 2, ending: 'break' }],
      snapshot,
    })
    expect(brief(await clock.until(read(send(peer, clock))))).toEqual(['task submitted', 'input-required'])
    expect(peer.asked).toHaveLength(1)
  })

  it('of a subscription goes on where the task waits for input', async () => {
    const clock = createFakeClock()
    const peer = peerOf((asked, count) =>
      count === 1
        ? sse([{ data: wrap(asked, { task: wireTask('t-1', 'TASK_STATE_INPUT_REQUIRED') }) }], 'break').response
        : sse([
            { data: wrap(asked, { task: wireTask('t-1', 'TASK_STATE_WORKING') }) },
            { data: wrap(asked, status('COMPLETED')) },
          ]).response,
    )
    const stream = clientOf(peer, clock).subscribeToTask({ id: 't-1' })
    expect(brief(await clock.until(read(stream)))).toEqual(['task input-required', 'task working', 'completed'])
  })

  it('throws the typed error an agent answers before the first event', async () => {
    const peer = peerOf((asked) =>
      asked.rpc
        ? Response.json({ jsonrpc: '2.0', id: asked.id, error: { code: -32001, message: 'No such task' } })
        : Response.json(
            {
              error: {
                code: 404,
                status: 'NOT_FOUND',
                message: 'No such task',
                details: [
                  {
                    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
                    reason: 'TASK_NOT_FOUND',
                    domain: 'a2a-protocol.org',
                  },
                ],
              },
            },
            { status: 404 },
          ),
    )
    await expect(read(clientOf(peer).subscribeToTask({ id: 't-1' }))).rejects.toMatchObject({
      name: 'A2AError',
      kind: 'TaskNotFoundError',
      code: 'PF_TASK_NOT_FOUND',
    })
    expect(peer.asked).toHaveLength(1)
  })

  it.each([['error'], [undefined]])(
    'throws the typed error an agent sends in its middle, with the event name %s',
    async (event) => {
      const peer = peerOf((asked) => {
        const error = asked.rpc
          ? { jsonrpc: '2.0', id: asked.id, error: { code: -32603, message: 'Broke down' } }
          : { error: { code: 500, status: 'INTERNAL', message: 'Broke down' } }
        return sse([{ data: wrap(asked, submitted) }, { event, data: error }]).response
      })
      const stream = send(peer)
      await expect(read(stream)).rejects.toMatchObject({
        name: 'A2AError',
        kind: 'InternalError',
        message: 'Broke down',
      })
      expect(stream.task?.status.state).toBe('submitted')
      expect(peer.asked).toHaveLength(1)
    },
  )

  it('is taken up again where the agent says in its middle to come back', async () => {
    const clock = createFakeClock()
    const peer = peerOf((asked, count) => {
      const details = [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'PF_STREAM_LAGGED', domain: 'pf-agents' },
      ]
      const error = asked.rpc
        ? { jsonrpc: '2.0', id: asked.id, error: { code: -32603, message: 'too slow', data: details } }
        : { error: { code: 503, status: 'UNAVAILABLE', message: 'too slow', details } }
      return count === 1
        ? sse([{ data: wrap(asked, submitted) }, { event: 'error', data: error }]).response
        : sse([{ data: wrap(asked, { task: wireTask() }) }]).response
    })
    expect(brief(await clock.until(read(send(peer, clock))))).toEqual(['task submitted', 'task completed'])
  })

  it('refuses what is no event of A2A, events of other tasks and events that are too long', async () => {
    const answers: [object, StreamOptions?][] = [
      [{ nothing: 1 }],
      [{ statusUpdate: { ...status('WORKING').statusUpdate, taskId: 'other' } }],
      [chunk('x'.repeat(5000)), { maxEventLength: 4000 }],
      [chunk('x'.repeat(5000)), { maxStreamBytes: 4000 }],
    ]
    for (const [data, options] of answers) {
      const peer = peerOf((asked) => sse([{ data: wrap(asked, submitted) }, { data: wrap(asked, data) }]).response)
      await expect(read(send(peer, undefined, options))).rejects.toMatchObject({ code: 'PF_REMOTE_RESPONSE' })
      expect(peer.asked).toHaveLength(1)
    }
  })

  it('takes a JSON answer for its only event, and passes over events with names of their own', async () => {
    const json = peerOf((asked) => Response.json(wrap(asked, { task: wireTask() })))
    expect(brief(await read(send(json)))).toEqual(['task completed'])
    const pings = peerOf(
      (asked) =>
        sse([
          { event: 'ping', data: '2026-01-01' },
          { event: 'ping', data: { time: 1 } },
          { data: wrap(asked, { task: wireTask() }) },
        ]).response,
    )
    expect(brief(await read(send(pings)))).toEqual(['task completed'])
  })

  it('is read no faster than its reader reads', async () => {
    const events = [submitted, ...Array.from({ length: 100 }, (_, index) => chunk(`${index}`)), status('COMPLETED')]
    let body: ReturnType<typeof sse> | undefined
    const peer = peerOf((asked) => {
      body = sse(events.map((event) => ({ data: wrap(asked, event) })))
      return body.response
    })
    const stream = send(peer)
    for (let count = 0; count < 3; count++) await stream.next()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(body?.state.sent).toBeLessThan(8)
    await stream.return()
    expect(body?.state.canceled).toBe(true)
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('ends with the reason of its signal, and leaves nothing behind', async () => {
    const clock = createFakeClock()
    const controller = new AbortController()
    const peer = peerOf((asked) => sse([{ data: wrap(asked, submitted) }], 'hang').response)
    const stream = send(peer, clock, { signal: controller.signal })
    await stream.next()
    const pending = stream.next()
    controller.abort('enough')
    await expect(pending).rejects.toBe('enough')
    expect(await stream.next()).toMatchObject({ done: true })
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    expect(clock.pending).toBe(0)
    await expect(read(send(peer, clock, { signal: controller.signal }))).rejects.toBe('enough')
    expect(peer.asked).toHaveLength(1)
  })

  it('lets go of a pending read when it is left', async () => {
    const clock = createFakeClock()
    const peer = peerOf((asked) => sse([{ data: wrap(asked, submitted) }], 'hang').response)
    const stream = send(peer, clock)
    await stream.next()
    const pending = stream.next()
    await stream.return()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(clock.pending).toBe(0)
    const waiting = send(
      peerOf((_asked, count) => {
        if (count > 0) throw refused()
        return new Response()
      }),
      clock,
    )
    const first = waiting.next()
    await clock.settle()
    await waiting.return()
    expect(await first).toMatchObject({ done: true })
    expect(clock.pending).toBe(0)
  })

  it('ends by its own time limit, which is no reason to come back', async () => {
    const clock = createFakeClock()
    const peer = peerOf((asked) => sse([{ data: wrap(asked, submitted) }], 'hang').response)
    await expect(clock.until(read(send(peer, clock, { timeoutMs: 5000 })))).rejects.toMatchObject({
      code: 'PF_HTTP_TIMEOUT',
      details: { phase: 'total', ms: 5000 },
    })
    expect(peer.asked).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('is refused where the card says that the agent does not stream, unless one answer will do', async () => {
    const peer = peerOf((asked) => {
      const answer = { task: wireTask() }
      return asked.rpc ? rpc(asked, answer) : Response.json(answer)
    }, false)
    await expect(read(send(peer))).rejects.toMatchObject({ kind: 'UnsupportedOperationError', remote: undefined })
    await expect(read(clientOf(peer).subscribeToTask({ id: 't-1' }, { fallback: 'unary' }))).rejects.toMatchObject({
      kind: 'UnsupportedOperationError',
    })
    expect(peer.asked).toHaveLength(0)
    await expect(send(peer, undefined, { fallback: 'unary' }).result()).resolves.toMatchObject({ task: { id: 't-1' } })
    expect(peer.asked.map(({ rpc: method, path }) => method ?? path)).toEqual(
      binding === 'JSONRPC' ? ['SendMessage'] : ['/rest/message:send'],
    )
  })

  it('sends nothing before it is read', async () => {
    const peer = peerOf(() => new Response())
    const stream = send(peer)
    await stream.return()
    expect(peer.asked).toHaveLength(0)
    expect(peer.cards).toHaveLength(0)
    await expect(stream.result()).rejects.toMatchObject({ code: 'PF_REMOTE_RESPONSE' })
    await expect(send(peer, undefined, { fold: false }).result()).rejects.toMatchObject({ code: 'PF_CONFIG_INVALID' })
  })
})

it('subscribes with GET where there is no route for POST, and remembers it', async () => {
  for (const status of [404, 405]) {
    const peer = createPeer(
      (asked) =>
        asked.method === 'POST'
          ? new Response('Cannot POST', { status })
          : sse([{ data: { task: wireTask('t-1', 'TASK_STATE_WORKING') } }, { data: { task: wireTask() } }]).response,
      () =>
        Response.json({
          ...streamCard('HTTP+JSON'),
          supportedInterfaces: [
            { url: 'https://agent.test/rest', protocolBinding: 'HTTP+JSON', protocolVersion: '1.0', tenant: 'a b' },
          ],
        }),
    )
    const client = clientOf(peer)
    for (let count = 0; count < 2; count++) {
      expect(brief(await read(client.subscribeToTask({ id: 't-1' })))).toEqual(['task working', 'task completed'])
    }
    expect(peer.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /rest/tasks/t-1:subscribe',
      'GET /rest/tasks/t-1:subscribe?tenant=a+b',
      'GET /rest/tasks/t-1:subscribe?tenant=a+b',
    ])
  }
})

it('folds what a status says into the history once, without the questions it carries', () => {
  const fold = createTaskFold()
  const message = {
    messageId: 'm',
    role: 'agent' as const,
    parts: [{ text: 'where to?' }],
    metadata: { 'urn:pf-agents:a2a:interrupt:v1': { interrupts: [] }, other: 1 },
    extensions: ['urn:pf-agents:a2a:interrupt:v1', 'urn:other'],
  }
  const update = { statusUpdate: { ...ids, status: { state: 'input-required' as const, timestamp: '', message } } }
  fold.add(update)
  fold.add({ statusUpdate: { ...update.statusUpdate, metadata: { k: 1 } } })
  expect(fold.task).toEqual({
    id: 't-1',
    contextId: 'c-1',
    status: update.statusUpdate.status,
    artifacts: [],
    history: [
      {
        messageId: 'm',
        role: 'agent',
        parts: [{ text: 'where to?' }],
        metadata: { other: 1 },
        extensions: ['urn:other'],
      },
    ],
    metadata: { k: 1 },
  })
})
