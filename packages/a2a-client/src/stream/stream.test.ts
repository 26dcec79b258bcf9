import { getEventListeners } from 'node:events'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { createPeer, refused, wireTask } from '../../test/peer'
import { createStreamPeer, sse, streamCard, wrap } from '../../test/stream-peer'
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
  status,
  submitted,
  usual,
  whole,
} from '../../test/streams'
import type { StreamOptions } from './options'

describe.each(bindings)('a stream over %s', (binding) => {
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
    const peer = peerOf(binding, (asked) => sse([{ data: wrap(asked, { message }) }]).response)
    await expect(send(peer).result()).resolves.toMatchObject({ message: { role: 'agent', parts: [{ text: 'hi' }] } })
    expect(peer.asked).toHaveLength(1)
  })

  it('throws the typed error an agent answers before the first event', async () => {
    const peer = peerOf(binding, (asked) => errorAnswer(asked, -32001, 404, 'TASK_NOT_FOUND'))
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
      const peer = peerOf(binding, (asked) => {
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

  it('refuses what is no event of A2A, events of other tasks and events that are too long', async () => {
    const answers: [object, StreamOptions?][] = [
      [{ nothing: 1 }],
      [{ statusUpdate: { ...status('WORKING').statusUpdate, taskId: 'other' } }],
      [chunk('x'.repeat(5000)), { maxEventLength: 4000 }],
      [chunk('x'.repeat(5000)), { maxStreamBytes: 4000 }],
    ]
    for (const [data, options] of answers) {
      const peer = peerOf(
        binding,
        (asked) => sse([{ data: wrap(asked, submitted) }, { data: wrap(asked, data) }]).response,
      )
      await expect(read(send(peer, undefined, options))).rejects.toMatchObject({ code: 'PF_REMOTE_RESPONSE' })
      expect(peer.asked).toHaveLength(1)
    }
  })

  it('takes a JSON answer for its only event, and passes over events with names of their own', async () => {
    const json = peerOf(binding, (asked) => Response.json(wrap(asked, { task: wireTask() })))
    expect(brief(await read(send(json)))).toEqual(['task completed'])
    const pings = peerOf(
      binding,
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
    const peer = peerOf(binding, (asked) => {
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
    const peer = peerOf(binding, (asked) => sse([{ data: wrap(asked, submitted) }], 'hang').response)
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
    const peer = peerOf(binding, (asked) => sse([{ data: wrap(asked, submitted) }], 'hang').response)
    const stream = send(peer, clock)
    await stream.next()
    const pending = stream.next()
    await stream.return()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(clock.pending).toBe(0)
    const waiting = send(
      peerOf(binding, (_asked, count) => {
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
    const peer = peerOf(binding, (asked) => sse([{ data: wrap(asked, submitted) }], 'hang').response)
    await expect(clock.until(read(send(peer, clock, { timeoutMs: 5000 })))).rejects.toMatchObject({
      code: 'PF_HTTP_TIMEOUT',
      details: { phase: 'total', ms: 5000 },
    })
    expect(peer.asked).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('is refused where the card says that the agent does not stream, unless one answer will do', async () => {
    const peer = peerOf(binding, (asked) => Response.json(wrap(asked, { task: wireTask() })), false)
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
    const peer = peerOf(binding, () => new Response())
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
