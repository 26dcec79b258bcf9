import type { IncomingMessage } from 'node:http'
import { tooLarge } from '../bounded-request'

const nothing = new Uint8Array(0)

/**
 * The whole body of a request, at most `limit` bytes.
 * @throws PfError PF_REQUEST_TOO_LARGE
 */
export function readIncoming(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  // Whoever mounts an app behind a body parser leaves what it read here, as some platforms do.
  const { rawBody } = incoming as { rawBody?: unknown }
  if (rawBody instanceof Uint8Array)
    return rawBody.byteLength > limit ? Promise.reject(tooLarge(limit)) : Promise.resolve(rawBody)
  if (incoming.readableEnded) return Promise.reject(new TypeError('The body was read already.'))
  return new Promise((resolve, reject) => {
    let first: Uint8Array | undefined
    let rest: Uint8Array[] | undefined
    let size = 0
    const stop = (): void => {
      incoming.off('data', onData)
      incoming.off('end', onEnd)
      incoming.off('error', onLost)
      incoming.off('close', onLost)
    }
    const onData = (chunk: Uint8Array): void => {
      size += chunk.byteLength
      if (size > limit) {
        stop()
        // What still comes is thrown away, and the connection cut, by whoever ends the response.
        incoming.pause()
        reject(tooLarge(limit))
      } else if (first === undefined) first = chunk
      else (rest ??= []).push(chunk)
    }
    const onEnd = (): void => {
      stop()
      resolve(first === undefined ? nothing : rest === undefined ? first : Buffer.concat([first, ...rest], size))
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
