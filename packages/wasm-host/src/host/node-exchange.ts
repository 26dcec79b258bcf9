import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestTarget } from '@pf-agents/http-kit'
import { WINDOW } from '../protocol/messages'
import type { Exchange } from './exchange'

/**
 * What is read and thrown away of a body that the guest did not want, once it has answered: cutting the connection at once
 * would take the answer with it, and leaving the rest unread would block the connection's next request.
 */
const UNWANTED = { bytes: 16 * 1024 * 1024, ms: 5_000 } as const

/** How many bytes come behind the head; undefined where the client hasn't said. */
function lengthOf({ headers }: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined
  return Number(headers['content-length'] ?? 0)
}

function headOf(request: IncomingMessage, { authority, path }: RequestTarget): Exchange['head'] {
  const headers: [string, string][] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    headers.push([request.rawHeaders[index] as string, request.rawHeaders[index + 1] as string])
  return { method: request.method ?? 'GET', scheme: 'http', authority, path, headers }
}

/** Makes an exchange of a node:http request. */
export function nodeExchange(request: IncomingMessage, response: ServerResponse, target: RequestTarget): Exchange {
  const length = lengthOf(request)
  const streaming = length !== 0
  let untaken = 0
  let answered = false
  let unwanted = 0
  const discard = (bytes: number) => {
    unwanted += bytes
    if (unwanted > UNWANTED.bytes) request.destroy()
  }
  return {
    head: headOf(request, target),
    body: undefined,
    streaming,
    length,
    get isFull() {
      return untaken >= WINDOW
    },
    read({ chunk, end, broken }) {
      request.on('data', (bytes: Buffer) => {
        if (answered) return discard(bytes.byteLength)
        untaken += bytes.byteLength
        if (untaken >= WINDOW) request.pause()
        chunk(new Uint8Array(bytes))
      })
      request.on('end', end)
      request.on('close', () => {
        if (!request.complete) broken()
      })
    },
    taken(bytes) {
      untaken -= bytes
      if (untaken < WINDOW && request.isPaused()) request.resume()
    },
    respond(status, headers, alone) {
      const flat: string[] = []
      for (const [name, value] of headers) flat.push(name, value)
      response.writeHead(status, flat)
      // Node would keep the head until the first chunk; a client of a slow stream wants it now.
      if (alone) response.flushHeaders()
    },
    write(chunk, done) {
      response.write(chunk, done)
    },
    end() {
      response.end()
      if (!streaming || request.complete) return
      answered = true
      const timer = setTimeout(() => void request.destroy(), UNWANTED.ms)
      request.on('close', () => clearTimeout(timer))
      request.on('end', () => clearTimeout(timer))
      request.resume()
    },
    destroy: () => void response.destroy(),
    onDisconnect(listener) {
      response.on('close', () => {
        if (!response.writableFinished) listener()
      })
    },
  }
}
