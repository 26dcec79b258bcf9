import type { IncomingMessage } from 'node:http'
import { tooLarge } from '../bounded-request'

const nothing = new Uint8Array(0)

/**
 * The whole body of a request, at most `limit` bytes.
 * @throws PfError PF_REQUEST_TOO_LARGE
 */
export async function readIncoming(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  // Whoever mounts an app behind a body parser leaves what it read here, as some platforms do.
  const { rawBody } = incoming as { rawBody?: unknown }
  if (rawBody instanceof Uint8Array) return within(rawBody, limit)
  if (incoming.readableDidRead) throw new TypeError('The body was read already.')
  // The parser hands over the body that came with the headers in the turn that began with them: one step later it is
  // here, whole, and needs none of the stream's events.
  if (!incoming.complete) await Promise.resolve()
  if (incoming.complete && !incoming.readableFlowing && !incoming.destroyed) {
    return within((incoming.read() as Uint8Array | null) ?? nothing, limit)
  }
  return collect(incoming, limit)
}

function within(body: Uint8Array, limit: number): Uint8Array {
  if (body.byteLength > limit) throw tooLarge(limit)
  return body
}

function collect(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const stop = (): void => {
      incoming.off('data', onData)
      incoming.off('end', onEnd)
      incoming.off('error', onLost)
      incoming.off('close', onLost)
    }
    const onData = (chunk: Uint8Array): void => {
      size += chunk.byteLength
      if (size <= limit) {
        chunks.push(chunk)
        return
      }
      stop()
      // What still comes is thrown away, and the connection cut, by whoever ends the response.
      incoming.pause()
      reject(tooLarge(limit))
    }
    const onEnd = (): void => {
      stop()
      resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size))
    }
    const onLost = (error?: Error): void => {
      stop()
      reject(error ?? new Error('The client went away before it had sent the whole request.'))
    }
    incoming.on('data', onData)
    incoming.on('end', onEnd)
    incoming.on('error', onLost)
    incoming.on('close', onLost)
  })
}
