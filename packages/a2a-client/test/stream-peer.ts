// A peer in memory whose streams break where the test says.
import { A2A_EXTENSIONS_HEADER, parseExtensions, replayExtensionUri } from '@pf-agents/a2a-protocol'
import type { ClientBinding } from '../src/options'
import { type Asked, broken, createPeer, type Peer, peerCard } from './peer'

/** How a connection ends: as it should, broken, silent for ever, or refused with a response. */
export type Ending = 'close' | 'break' | 'hang'

/** One frame on the wire. */
export interface Frame {
  id?: string | undefined
  event?: string | undefined
  data: unknown
}

/** A response that streams frames, each in a chunk of its own, read when it is asked for. */
export function sse(
  frames: readonly Frame[],
  ending: Ending = 'close',
  headers: Record<string, string> = {},
): { state: { sent: number; canceled: boolean }; response: Response } {
  const state = { sent: 0, canceled: false }
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const frame = frames[state.sent]
        if (frame === undefined) {
          if (ending === 'close') controller.close()
          else if (ending === 'break') controller.error(broken())
          // A promise that never settles would keep the stream from being canceled; nothing comes either way.
          return
        }
        state.sent++
        const { id, event, data } = frame
        const text = typeof data === 'string' ? data : JSON.stringify(data)
        controller.enqueue(
          encoder.encode(
            `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`,
          ),
        )
      },
      cancel() {
        state.canceled = true
      },
    },
    { highWaterMark: 0 },
  )
  return {
    state,
    response: new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headers } }),
  }
}

/** The card of a peer that streams, by one binding only. */
export function streamCard(binding: ClientBinding, extensions: { uri: string }[] = [], streaming = true) {
  return {
    ...peerCard,
    supportedInterfaces: peerCard.supportedInterfaces.filter((one) => one.protocolBinding === binding),
    capabilities: { streaming, extensions },
  }
}

/** Wraps a result as the binding of the request does. */
export const wrap = (asked: Asked, result: unknown) =>
  asked.rpc === undefined ? result : { jsonrpc: '2.0', id: asked.id, result }

/** A task whose events are known beforehand; `events[n]` has the number n + 1. */
export interface ScriptedTask {
  binding: ClientBinding
  /** The first is the task itself. */
  events: readonly object[]
  /** Whether it numbers its events and goes on by number. */
  replays: boolean
  /** How many frames each connection sends before it ends so; the last entry holds for all later ones. */
  connections: readonly { frames: number; ending: Ending }[]
  /** The task as it stands once `count` events came about. */
  snapshot(count: number): object
}

/** Streams a scripted task. Each connection finds the task as far as the ones before it were told. */
export function createStreamPeer(script: ScriptedTask): Peer {
  const { events, replays, connections, binding } = script
  let told = 0
  let opened = 0
  const numbered = (asked: Asked, seq: number, event: object): Frame => ({
    ...(replays && { id: String(seq) }),
    data: wrap(asked, event),
  })
  return createPeer(
    (asked) => {
      const connection = connections[Math.min(opened++, connections.length - 1)]
      if (connection === undefined) throw new Error('No connection is scripted')
      const isSubscription = asked.rpc === 'SubscribeToTask' || asked.path.includes(':subscribe')
      const after = replays ? asked.headers.get('last-event-id') : null
      const frames: Frame[] = []
      if (isSubscription && after === null) frames.push(numbered(asked, told, { task: script.snapshot(told) }))
      const from = after === null ? told : Number(after)
      for (let index = from; index < events.length; index++)
        frames.push(numbered(asked, index + 1, events[index] as object))
      const sent = frames.slice(0, connection.frames)
      told = Math.max(told, from + sent.length - (isSubscription && after === null ? 1 : 0))
      const isWhole = sent.length === frames.length && connection.frames > frames.length
      const asksReplay = parseExtensions(asked.headers.get(A2A_EXTENSIONS_HEADER)).includes(replayExtensionUri)
      return sse(sent, isWhole ? 'close' : connection.ending, {
        ...(replays && asksReplay && { [A2A_EXTENSIONS_HEADER]: replayExtensionUri }),
      }).response
    },
    () => Response.json(streamCard(binding, replays ? [{ uri: replayExtensionUri }] : [])),
  )
}
