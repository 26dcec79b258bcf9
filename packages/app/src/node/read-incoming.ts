import type { IncomingMessage } from 'node:http'
import type { Arrival } from '../app'
import { clientGone, lengthOf, tooLarge } from '../bounded-request'

const nothing = new Uint8Array(0)

/**
 * The whole body of a request, at most `limit` bytes. Rejects with PF_REQUEST_TOO_LARGE, with PF_REQUEST_INVALID where the
 * client went away, and with what `arrival` throws.
 */
export function readIncoming(incoming: IncomingMessage, limit: number, arrival?: Arrival): Promise<Uint8Array> {
  try {
    const here = bodyHere(incoming, limit)
    return here === undefined ? collect(incoming, limit, arrival) : Promise.resolve(here)
  } catch (error) {
    return Promise.reject(error as Error)
  }
}

/** A body that need not be waited for. */
function bodyHere(incoming: IncomingMessage, limit: number): Uint8Array | undefined {
  // Some platforms leave the bytes here, and so does a body parser that is told to.
  const { rawBody, body } = incoming as { rawBody?: unknown; body?: unknown }
  if (rawBody instanceof Uint8Array) return within(rawBody, limit)
  if (incoming.readableDidRead) return within(parsedBody(body), limit)
  // No event tells it any more.
  if (incoming.destroyed) throw goneOf(incoming)
  // Where something else was waited for first, it is here, whole, and needs none of the stream's events.
  if (incoming.complete && !incoming.readableFlowing)
    return within(bytesOf(incoming.read() as Uint8Array | string | null, incoming.readableEncoding), limit)
  return undefined
}

/**
 * What a body parser before the app, such as `express.json()`, left of a body that it has read.
 * @throws TypeError where it left nothing
 */
function parsedBody(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  const text = typeof body === 'string' ? body : (JSON.stringify(body) as string | undefined)
  if (text === undefined) throw new TypeError('The body was read already. Mount the app before body parsers.')
  return new TextEncoder().encode(text)
}

/** A stream gives text where somebody before the app has set an encoding. */
function bytesOf(data: Uint8Array | string | null, encoding: BufferEncoding | null): Uint8Array {
  if (data === null) return nothing
  return typeof data === 'string' ? Buffer.from(data, encoding ?? 'utf8') : data
}

function within(body: Uint8Array, limit: number): Uint8Array {
  if (body.byteLength > limit) throw tooLarge(limit)
  return body
}

function goneOf({ errored }: IncomingMessage): Error {
  return clientGone(errored ?? undefined)
}

/** The listeners are left where they are: they go with the request, and taking off each costs as much as putting it on. */
function collect(incoming: IncomingMessage, limit: number, arrival?: Arrival): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    arrival?.begin(reject)
    const chunks: Uint8Array[] = []
    let size = 0
    // Where there is none of it, only the end tells that; and where it comes as text, its bytes may be others.
    const length = incoming.readableEncoding === null ? lengthOf(incoming.headers['content-length']) : undefined
    const promised = length || undefined
    const done = (): void => {
      try {
        arrival?.done()
        resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size))
      } catch (error) {
        reject(error as Error)
      }
    }
    const fail = (error: Error): void => {
      arrival?.failed()
      reject(error)
    }
    const onData = (data: Uint8Array | string): void => {
      const chunk = bytesOf(data, incoming.readableEncoding)
      size += chunk.byteLength
      if (size <= limit) {
        chunks.push(chunk)
        // All of it: the end, which Node tells a few steps later, is not waited for.
        if (size === promised) done()
        return
      }
      incoming.off('data', onData)
      // What still comes is thrown away, and the connection cut, by whoever ends the response.
      incoming.pause()
      fail(tooLarge(limit))
    }
    incoming.on('data', onData)
    // Paused by somebody before the app, it stays so for all that listen.
    if (incoming.isPaused()) incoming.resume()
    incoming.on('end', () => {
      if (size !== promised) done()
    })
    // Follows an error, too: Node emits that only where somebody listens to it.
    incoming.on('close', () => {
      if (!incoming.readableEnded) fail(goneOf(incoming))
    })
  })
}
