import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type StartedApp, startedApp } from './start-node'

/**
 * Serves a fetch handler over real HTTP, on a free port of this machine: a fake provider, say, for the SDKs of others and
 * for processes. A body that breaks cuts the connection; a caller that leaves cancels the body.
 *
 * @example
 * ```ts
 * const provider = createFakeProvider([{ text: 'Hello' }])
 * await using server = await startHandler(provider.handle)
 * const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none' })
 * ```
 */
export async function startHandler(handle: (request: Request) => Response | Promise<Response>): Promise<StartedApp> {
  const server = createServer((incoming, outgoing) => void answer(handle, incoming, outgoing))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return startedApp({
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

async function answer(
  handle: (request: Request) => Response | Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  let response: Response
  try {
    response = await handle(requestOf(incoming))
  } catch (error) {
    response = new Response(String(error), { status: 500 })
  }
  outgoing.writeHead(response.status, [...response.headers].flat())
  outgoing.flushHeaders()
  if (response.body === null) outgoing.end()
  // Whoever breaks off, the other side is told by it: there is nobody to tell more.
  else await pipeline(Readable.fromWeb(response.body as never), outgoing).catch(() => {})
}

function requestOf(incoming: IncomingMessage): Request {
  const { method = 'GET', url = '/', rawHeaders, headers } = incoming
  const pairs = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : []))
  return new Request(new URL(url, `http://${headers.host ?? '127.0.0.1'}`), {
    method,
    headers: pairs as [string, string][],
    ...(method !== 'GET' && method !== 'HEAD' && { body: Readable.toWeb(incoming) as never, duplex: 'half' as never }),
  })
}
