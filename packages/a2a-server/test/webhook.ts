// A receiver of push notifications on a free port of this machine: answers as the test says, notes what it was sent.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the receiver was sent. */
export interface Received {
  headers: IncomingHttpHeaders
  /** Parsed body. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the very thing under test
  body: any
  path: string
  at: number
}

/** What to answer: a status, a status with headers, or anything else by hand. */
export type Answer = number | [status: number, headers: Record<string, string>] | ((response: ServerResponse) => void)

/** A running receiver. */
export interface Webhook extends AsyncDisposable {
  url: string
  received: Received[]
  /** Most requests that were open at the same time. */
  readonly peak: number
  /** Waits until so many came. */
  until(count: number, timeoutMs?: number): Promise<Received[]>
}

/** Starts a receiver; `answer` is asked with the number of the request, from 1. */
export async function startWebhook(
  answer: (number: number, received: Received) => Answer | Promise<Answer> = () => 204,
): Promise<Webhook> {
  const received: Received[] = []
  let open = 0
  let peak = 0
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    open++
    peak = Math.max(peak, open)
    response.on('close', () => open--)
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string
    const one: Received = {
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
      path: request.url ?? '',
      at: Date.now(),
    }
    received.push(one)
    const given = await answer(received.length, one)
    if (typeof given === 'function') return given(response)
    const [status, headers] = typeof given === 'number' ? [given, {}] : given
    response.writeHead(status, headers).end()
  }
  const server = createServer((request, response) => void take(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    get peak() {
      return peak
    },
    async until(count, timeoutMs = 15_000) {
      const end = Date.now() + timeoutMs
      while (received.length < count) {
        if (Date.now() > end)
          throw new Error(
            `Only ${received.length} of ${count} notifications came: ${JSON.stringify(received.map(({ body }) => body))}`,
          )
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return received
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
