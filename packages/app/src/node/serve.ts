import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AnyFeature, describeError, PfError, type RunsOn } from '@pf-agents/agent-core'
import { type App, appCore } from '../app'
import { closeServer } from './close-server'
import { keepLeftBehind } from './left-behind'
import { toNodeListener } from './listener'

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Default 3000; 0 takes any free one. */
  port?: number
  /** Address to listen on. Default `127.0.0.1`: this machine only. */
  hostname?: string
  /** Whether SIGTERM and SIGINT close the server. Default false. */
  signals?: boolean
  /** Milliseconds a client may take to send the headers. Default 15,000, or `requestTimeoutMs` where that is less. */
  headersTimeoutMs?: number
  /** Milliseconds a client may take to send a whole request; 0 for no limit. Default 60,000. */
  requestTimeoutMs?: number
  /** Milliseconds an idle connection is kept. Default 10,000. */
  keepAliveTimeoutMs?: number
  /** Bytes of request line and headers together. Default 16 KiB. */
  maxHeaderBytes?: number
  /** Milliseconds that `close` lets requests end by themselves. Default 10,000. */
  drainMs?: number
  /**
   * Features that are here only because the app is served here, such as `playground()`: those that bring routes and nothing
   * else. One that the app has already is left as it is. Default none.
   */
  add?: readonly AnyFeature[]
}

/** A server that listens. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string
  readonly port: number
  /** Takes no new requests, lets the ones under way end, then closes the app. */
  close(): Promise<void>
}

/**
 * Serves an app over HTTP on Node. What handlers leave behind when their run ends does not end the process: it goes to
 * the log. Put TLS in front of it, and say the outer address to the features that publish it
 * (`a2aServer({ publicUrl })`).
 *
 * @throws UnsupportedOnTargetError where a feature does not work on Node; PfError PF_FEATURE_MISSING, PF_FEATURE_CONFLICT,
 * PF_CONFIG_INVALID for what is in `add`; the server's own error where it can't listen
 * @example
 * ```ts
 * const server = await serve(createApp(agent, [a2aServer()]), { port: 3000, signals: true })
 * console.log(server.url)
 * ```
 */
export async function serve<F extends AnyFeature>(
  app: App<F> & RunsOn<F, 'node'>,
  options: ServeOptions = {},
): Promise<RunningServer> {
  const { port = 3000, hostname = '127.0.0.1', drainMs = 10_000, requestTimeoutMs = 60_000 } = options
  // Zero is no limit, as Node has it.
  const { headersTimeoutMs = Math.min(15_000, requestTimeoutMs || 15_000) } = options
  if (requestTimeoutMs > 0 && headersTimeoutMs > requestTimeoutMs) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `serve: headersTimeoutMs (${headersTimeoutMs}) is more than requestTimeoutMs (${requestTimeoutMs}), of which it is a part.`,
    )
  }
  for (const feature of options.add ?? []) app[appCore].add(feature)
  const listener = toNodeListener<F>(app)
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: options.keepAliveTimeoutMs ?? 10_000,
      maxHeaderSize: options.maxHeaderBytes ?? 16_384,
      // How late a timeout may be noticed.
      connectionsCheckingInterval: Math.min(5_000, headersTimeoutMs),
    },
    (incoming, outgoing) => void listener(incoming, outgoing),
  )
  await listen(server, port, hostname)
  const core = app[appCore]
  const letGo = keepLeftBehind(core.logger)
  if (!core.authenticated && !isLoopback(hostname)) {
    core.logger.log(
      'warn',
      'Anyone who can reach this address may use the agent: it is served without authentication.',
      { hostname },
    )
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    if (options.signals) for (const signal of signals) process.off(signal, onSignal)
    // Who waits for an issuer has nothing under way that closing would wait for.
    core.closing()
    closing ??= closeServer(server, drainMs, () => app.close()).finally(letGo)
    return closing
  }
  const onSignal = (): void => {
    close().catch((error: unknown) =>
      core.logger.log('error', 'The server could not be closed.', { error: describeError(error) }),
    )
  }
  if (options.signals) for (const signal of signals) process.once(signal, onSignal)
  const actual = (server.address() as AddressInfo).port
  return { url: `http://${urlHost(hostname)}:${actual}`, port: actual, close }
}

const signals = ['SIGTERM', 'SIGINT'] as const

function listen(server: Server, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '::1' || hostname.startsWith('127.')
}

/** What can be called from this machine: an address that means "all of them" can't. */
function urlHost(hostname: string): string {
  if (hostname === '0.0.0.0' || hostname === '') return '127.0.0.1'
  if (hostname === '::') return '[::1]'
  return hostname.includes(':') ? `[${hostname}]` : hostname
}
