// The stream of a task as tests of streams script it, and what they say of what came.
import type { StreamResponse } from '@pf-agents/a2a-protocol'
import type { FakeClock } from '@pf-agents/agent-core/testing'
import { createA2AClient } from '../src/client'
import type { ClientBinding } from '../src/options'
import type { A2AEventStream } from '../src/stream/event-stream'
import type { StreamOptions } from '../src/stream/options'
import { userMessage } from '../src/user-message'
import { type Asked, createPeer, type Peer } from './peer'
import { streamCard } from './stream-peer'

export const bindings: readonly ClientBinding[] = ['JSONRPC', 'HTTP+JSON']
export const ids = { taskId: 't-1', contextId: 'c-1' }
export const status = (state: string, text?: string) => ({
  statusUpdate: {
    ...ids,
    status: {
      state: `TASK_STATE_${state}`,
      timestamp: '2026-01-01T00:00:00.000Z',
      ...(text && { message: { messageId: `m-${text}`, role: 'ROLE_AGENT', parts: [{ text }] } }),
    },
  },
})
export const chunk = (text: string, append = true) => ({
  artifactUpdate: { ...ids, artifact: { artifactId: 'a', parts: [{ text }] }, ...(append && { append }) },
})
export const submitted = { task: { id: 't-1', contextId: 'c-1', status: { state: 'TASK_STATE_SUBMITTED' } } }
export const usual = [
  submitted,
  status('WORKING'),
  chunk('a', false),
  chunk('b'),
  chunk('c'),
  status('COMPLETED', 'done'),
]
export const texts = ['', '', 'a', 'ab', 'abc', 'abc']
export const states = ['SUBMITTED', 'WORKING', 'WORKING', 'WORKING', 'WORKING', 'COMPLETED']

/** The usual task once `count` of its events came about. */
export const snapshot = (count: number) => ({
  id: 't-1',
  contextId: 'c-1',
  status: { state: `TASK_STATE_${states[count - 1]}` },
  ...(texts[count - 1] && { artifacts: [{ artifactId: 'a', parts: [{ text: texts[count - 1] }] }] }),
})

export const clientOf = (peer: Peer, clock?: FakeClock, random = { id: () => 'id', fraction: () => 0.5 }) =>
  createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, random: random as never, ...(clock && { clock }) })

export async function read(stream: A2AEventStream): Promise<StreamResponse[]> {
  const events: StreamResponse[] = []
  for await (const event of stream) events.push(event)
  return events
}

/** Each event in a word. */
export const brief = (events: readonly StreamResponse[]) =>
  events.map((event) => {
    if ('task' in event)
      return `task ${event.task.status.state} ${event.task.artifacts[0]?.parts[0]?.text ?? ''}`.trim()
    if ('message' in event) return 'message'
    if ('statusUpdate' in event) return event.statusUpdate.status.state
    return `+${event.artifactUpdate.artifact.parts[0]?.text}`
  })

export const whole = ['task submitted', 'working', '+a', '+b', '+c', 'completed']
export const send = (peer: Peer, clock?: FakeClock, options?: StreamOptions) =>
  clientOf(peer, clock).sendStreamingMessage({ message: userMessage('go') }, options)

/** A peer that speaks one binding, and streams unless it is told not to. */
export const peerOf = (binding: ClientBinding, answer: Parameters<typeof createPeer>[0], streaming = true): Peer =>
  createPeer(answer, () => Response.json(streamCard(binding, [], streaming)))

/** Answers with an error of A2A. */
export const errorAnswer = (asked: Asked, rpcCode: number, httpStatus: number, reason: string): Response =>
  asked.rpc
    ? Response.json({ jsonrpc: '2.0', id: asked.id, error: { code: rpcCode, message: reason } })
    : Response.json(
        {
          error: {
            code: httpStatus,
            status: httpStatus === 404 ? 'NOT_FOUND' : 'FAILED_PRECONDITION',
            message: reason,
            details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'a2a-protocol.org' }],
          },
        },
        { status: httpStatus },
      )
