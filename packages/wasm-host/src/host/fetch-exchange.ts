import { WINDOW } from '../protocol/messages'
import type { Exchange } from './exchange'

/** An exchange over a Request; `response` resolves with the head. */
export async function fetchExchange(request: Request): Promise<{ exchange: Exchange; response: Promise<Response> }> {
  const url = new URL(request.url)
  const reader = request.body?.getReader()
  let untaken = 0
  let wake: (() => void) | undefined
  let disconnect: (() => void) | undefined
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const acknowledge: (() => void)[] = []
  let over = false
  const leave = () => {
    if (over) return
    over = true
    for (const done of acknowledge.splice(0)) done()
    disconnect?.()
  }
  let settle: (response: Response) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const response = new Promise<Response>((resolve, fail) => {
    settle = resolve
    reject = fail
  })
  const onAbort = () => {
    reject(request.signal.reason)
    controller?.error(request.signal.reason)
    leave()
  }
  request.signal.addEventListener('abort', onAbort, { once: true })
  const finish = () => {
    over = true
    request.signal.removeEventListener('abort', onAbort)
  }
  const exchange: Exchange = {
    head: {
      method: request.method,
      scheme: url.protocol.slice(0, -1),
      authority: url.host,
      path: url.pathname + url.search,
      headers: [['host', url.host], ...request.headers],
    },
    body: undefined,
    streaming: reader !== undefined,
    length: undefined,
    get isFull() {
      return untaken >= WINDOW
    },
    read({ chunk, end, broken }) {
      const pump = async () => {
        for (;;) {
          if (untaken >= WINDOW) await new Promise<void>((resolve) => (wake = resolve))
          const { done, value } = await (reader as ReadableStreamDefaultReader<Uint8Array>).read()
          if (done) return end()
          untaken += value.byteLength
          chunk(value.slice())
        }
      }
      pump().catch(broken)
    },
    taken(bytes) {
      untaken -= bytes
      if (untaken < WINDOW) wake?.()
    },
    respond(status, headers) {
      const bodiless = status === 204 || status === 205 || status === 304
      const body = new ReadableStream<Uint8Array>({
        start: (opened) => void (controller = opened),
        pull: () => {
          for (const done of acknowledge.splice(0)) done()
        },
        cancel: () => leave(),
      })
      settle(new Response(bodiless ? null : body, { status, headers }))
    },
    write(chunk, done) {
      if (over) return done()
      acknowledge.push(done)
      controller?.enqueue(chunk)
    },
    end() {
      if (over) return
      finish()
      controller?.close()
    },
    destroy() {
      if (over) return
      finish()
      const error = new TypeError('the response broke off')
      reject(error)
      controller?.error(error)
    },
    onDisconnect: (listener) => void (disconnect = listener),
  }
  return { exchange, response }
}
