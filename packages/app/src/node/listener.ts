import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AnyFeature, checkTargets, PfError, type RunsOn } from '@pf-agents/agent-core'
import { getRequestListener } from '@hono/node-server'
import { onlyHost, type RequestTarget, requestTarget } from '@pf-agents/http-kit'
import { type App, appCore } from '../app'
import { errorResponse } from '../error-response'
import { EndOfTurn } from './end-of-turn'
import { bindNodeHost } from './host-services'
import { NodeContext } from './node-context'

/** What `http.createServer`, Express and Connect take. */
export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

/**
 * An app as a listener of Node's HTTP server.
 *
 * @throws UnsupportedOnTargetError where a feature does not work on Node
 * @example
 * ```ts
 * http.createServer(toNodeListener(app)).listen(3000)
 * ```
 */
export function toNodeListener<F extends AnyFeature>(app: App<F> & RunsOn<F, 'node'>): NodeListener {
  checkTargets(app[appCore].features, 'node')
  bindNodeHost(app)
  const endOfTurn = new EndOfTurn<Response>()
  const listener = getRequestListener(
    (request, { incoming, outgoing }) => {
      if (targetOf(incoming as IncomingMessage) === undefined) return refused()
      const context = new NodeContext(incoming as IncomingMessage, outgoing as ServerResponse)
      const response = app.fetch(request, context)
      if (!(response instanceof Promise)) return response
      // One promise: a promise that a `then` returns would cost two more turns of the microtask queue.
      return new Promise((resolve, reject) => {
        response.then((one) => {
          if (context.sent === undefined && !context.isStreamed) endOfTurn.hold(one, resolve)
          else resolve(context.sent ?? streamed(context, one, reject))
        }, reject)
      })
    },
    {
      // Only what no request could be made of comes here, such as a Host header that is none.
      errorHandler: refused,
    },
  ) as NodeListener
  return (incoming, outgoing) => {
    // HTTP/1.0 knows no Host: the request is for the address it came to.
    if (incoming.headers.host === undefined) incoming.headers.host = ownAddress(incoming)
    return listener(incoming, outgoing)
  }
}

function streamed(context: NodeContext, response: Response, fail: (reason: unknown) => void): Response {
  try {
    return context.stream(response)
  } catch (error) {
    fail(error)
    return response
  }
}

function targetOf({ url = '/', rawHeaders, headers }: IncomingMessage): RequestTarget | undefined {
  return requestTarget(url, onlyHost(rawHeaders, headers.host), '')
}

function refused(): Response {
  return errorResponse(new PfError('PF_REQUEST_INVALID', 'The request line or the Host header is not valid.'))
}

function ownAddress({ socket }: IncomingMessage): string {
  const { localAddress = '127.0.0.1', localPort } = socket
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  return localPort === undefined ? host : `${host}:${localPort}`
}
