// Streams that end before their task does: how they are taken up again, and when they are given up.
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { broken, createPeer, refused, wireTask } from '../../test/peer'
import { createStreamPeer, type Ending, sse, streamCard, wrap } from '../../test/stream-peer'
import {
  bindings,
  brief,
  chunk,
  clientOf,
  errorAnswer,
  peerOf,
  read,
  send,
  snapshot,
  states,
  status,
  submitted,
  texts,
  usual,
  whole,
} from '../../test/streams'
import { userMessage } from '../user-message'

describe.each(bindings)('a stream over %s', (binding) => {
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
    const peer = peerOf(binding, (asked, count) => {
      if (count === 1)
        return sse([{ data: wrap(asked, submitted) }, { data: wrap(asked, status('WORKING')) }], 'break').response
      if (count > 2) return Response.json(wrap(asked, wireTask()))
      return errorAnswer(asked, -32004, 400, 'UNSUPPORTED_OPERATION')
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
    const peer = peerOf(binding, (asked, count) => {
      if (count === 1) return sse([{ data: wrap(asked, submitted) }], 'break').response
      if (count > 2) return Response.json(wrap(asked, wireTask('t-1', 'TASK_STATE_WORKING')))
      return errorAnswer(asked, -32004, 400, 'UNSUPPORTED_OPERATION')
    })
    await expect(clock.until(read(send(peer, clock)))).rejects.toMatchObject({ code: 'PF_HTTP_FAILED' })
  })

  it('waits longer and longer between attempts that bring nothing, and gives up after eight', async () => {
    const clock = createFakeClock()
    const times: number[] = []
    const peer = peerOf(binding, (asked, count) => {
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
    const peer = peerOf(binding, (asked, count) => {
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
    peerOf(binding, (asked, count) => {
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
    const peer = peerOf(binding, (asked, count) => {
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
      binding,
      (asked) =>
        sse(
          told.map((one) => ({ data: wrap(asked, one) })),
          'break',
        ).response,
    )
    await expect(clock.until(read(send(peer, clock)))).rejects.toMatchObject({ code: 'PF_HTTP_FAILED' })
    // That of the call, a first subscription, and eight that bring nothing new.
    expect(peer.asked).toHaveLength(10)
    const busy = peerOf(binding, (asked, count) =>
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
    const peer = peerOf(binding, (asked, count) => {
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
    const peer = peerOf(binding, (asked) => sse([{ data: wrap(asked, submitted) }], 'break').response)
    await expect(read(send(peer, undefined, { resubscribe: false }))).rejects.toMatchObject({ code: 'PF_HTTP_FAILED' })
    expect(peer.asked).toHaveLength(1)
    const early = peerOf(binding, (asked) => sse([{ data: wrap(asked, submitted) }]).response)
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
      const peer = peerOf(binding, answer)
      await expect(read(send(peer))).rejects.toMatchObject({
        code: expect.stringMatching(/PF_HTTP_FAILED|PF_REMOTE_RESPONSE/),
      })
      expect(peer.asked).toHaveLength(1)
    }
  })

  it('sends the message again where it can not have arrived', async () => {
    const clock = createFakeClock()
    const peer = peerOf(binding, (asked, count) => {
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
    const peer = peerOf(binding, (asked, count) =>
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

  it('is taken up again where the agent says in its middle to come back', async () => {
    const clock = createFakeClock()
    const peer = peerOf(binding, (asked, count) => {
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
})
