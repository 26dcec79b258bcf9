// A peer in memory: what it answers is up to the test, what it was asked is noted.
import type { Operation } from '@pf-agents/a2a-protocol'
import type { FetchFunction } from '@pf-agents/http-kit'

/** What the peer was asked. */
export interface Asked {
  method: string
  path: string
  headers: Headers
  text: string
  /** Members of the JSON body; of JSON-RPC its params. */
  params: Record<string, unknown>
  /** JSON-RPC id. */
  id: unknown
  /** JSON-RPC method. */
  rpc: Operation | undefined
}

/** A peer and what it was asked, the card apart from the rest. */
export interface Peer {
  fetch: FetchFunction
  asked: Asked[]
  cards: Asked[]
}

/** The card of the peer at https://agent.test; JSON-RPC comes first. */
export const peerCard = {
  name: 'peer',
  description: 'Answers as the test says',
  version: '1',
  supportedInterfaces: [
    { url: 'https://agent.test/rpc', protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
    { url: 'https://agent.test/rest/', protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' },
  ],
  capabilities: {},
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [],
}

/** A task as the wire has it. */
export const wireTask = (id = 't-1', state = 'TASK_STATE_COMPLETED') => ({ id, contextId: 'c-1', status: { state } })

/** Answers JSON-RPC with a result. */
export const rpc = (asked: Asked, result: unknown): Response => Response.json({ jsonrpc: '2.0', id: asked.id, result })

/** Makes a peer. What `answer` gives back is sent; a thrown error is a failed fetch. */
export function createPeer(
  answer: (asked: Asked, count: number) => Response | Promise<Response>,
  card: (asked: Asked, count: number) => Response | Promise<Response> = () => Response.json(peerCard),
): Peer {
  const peer: Peer = {
    asked: [],
    cards: [],
    async fetch(url, init = {}) {
      const { pathname, search } = new URL(url)
      const text = typeof init.body === 'string' ? init.body : ''
      const json = text === '' ? {} : JSON.parse(text)
      const asked: Asked = {
        method: init.method ?? 'GET',
        path: pathname + search,
        headers: new Headers(init.headers),
        text,
        params: json.jsonrpc ? json.params : json,
        id: json.id,
        rpc: json.jsonrpc ? json.method : undefined,
      }
      const list = pathname.endsWith('agent-card.json') ? peer.cards : peer.asked
      list.push(asked)
      return list === peer.cards ? card(asked, list.length) : answer(asked, list.length)
    },
  }
  return peer
}

/** A failed fetch, as Node's: no connection. */
export const refused = () =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })

/** A failed fetch, as Node's: the connection broke. */
export const broken = () =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) })
