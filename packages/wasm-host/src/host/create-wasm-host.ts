import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, totalmem } from 'node:os'
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { PfError } from '@pf-agents/agent-core'
import { onlyHost, requestTarget } from '@pf-agents/http-kit'
import { AllowList } from '../outbound/allow-list'
import { App } from './app'
import { fetchExchange } from './fetch-exchange'
import { answerHalfClosed } from './half-closed'
import { hostErrors, refuse } from './host-error'
import { nodeExchange } from './node-exchange'
import { Pipeline } from './pipeline'
import type { AppSettings, GuestLog } from './settings'
import { hasSuspension, type Mode } from '../wasm-engine'
import type { AppStats } from './stats'

/** Options of {@link createWasmHost}. */
export interface WasmHostOptions {
  /** The component: a `.wasm` file or its bytes. */
  component: string | Uint8Array
  /** Name in logs and of the data directory. Default: the file's name without `.wasm`, else `agent`. */
  name?: string
  /** TCP port; 0 picks a free one. Default 0. */
  port?: number
  /** Address to listen on. Default `127.0.0.1`. */
  host?: string
  /** Worker threads. Default: one per core, at most 4; in `threads` mode 16, which is how many requests run at once. */
  workers?: number
  /** Instances kept ready per worker. Default 2. */
  pool?: number
  /** Instances that serve at the same time, over all workers; fewer where `totalMemoryMb` doesn't hold so many. Default 128. */
  concurrency?: number
  /** Memory all instances together may take, MB, each counted with its whole `memoryMb`. Default: half of the machine's. */
  totalMemoryMb?: number
  /** Requests that may wait for an instance; more are answered 503 with Retry-After. Default 256. */
  queue?: number
  /**
   * Requests whose bodies are on their way, without an instance; where there are more, or their bodies take 64 MB together,
   * the one that takes longest is answered 503 with Retry-After. Default 1,024.
   */
  receiving?: number
  /** Linear memory of one instance, MB. Default 64. */
  memoryMb?: number
  /**
   * Wall-clock limit of a request in ms, waiting for an instance included; it begins when the head is there and the body, or
   * what a guest is to begin with of one that has more than 64 KB or no length. Default 30,000.
   */
  timeoutMs?: number
  /** How long a client may take to send a request's head, ms. Default 15,000, noticed within 5 s. */
  headersTimeoutMs?: number
  /** How long a client may take to send a whole request, ms; 0 for no limit. Default 60,000, noticed within 5 s. */
  requestTimeoutMs?: number
  /** Processor time a guest may use without a pause before its worker is ended, ms. Default 2,000. */
  busyLimitMs?: number
  /** Directory of the app's key-value data. Default `.pf/<name>` in the working directory. */
  dataDir?: string
  /**
   * Directory of transpiled components. Default `$PF_CACHE/components`, else `$XDG_CACHE_HOME/pf-agents/components`. One
   * that can not be written to is told on `onLog`, and costs time at each start.
   */
  cacheDir?: string
  /** Key-value stores the app may open. Default `['default']`. */
  stores?: string[]
  /** Values of `wasi:config`, plain. */
  variables?: Record<string, string>
  /** Values of `wasi:config` that must not be shown. */
  secrets?: Record<string, string>
  /** Hosts the app may call, see the guide. Default none. */
  outbound?: string[]
  /**
   * How guests wait: `jspi` suspends them, many on one thread; `threads` gives each request a thread of its own.
   * Default: `jspi` where the engine has it (Node 24 and newer), else `threads`.
   */
  mode?: Mode
  /** Receives each line a guest logs. Default: standard error, prefixed with the app's name. */
  onLog?: (log: GuestLog) => void
}

/** A running host. */
export interface WasmHost {
  /** Where it listens, for example `http://127.0.0.1:3000`. */
  url: string
  /** Serves a request without a socket. */
  fetch(request: Request): Promise<Response>
  stats(): AppStats
  /** Stops listening, lets running requests finish (10 s at most), ends the workers, closes the data. */
  close(): Promise<void>
}

const DRAIN_MS = 10_000
const THREADS = 16

function checkPatterns(patterns: readonly string[]): void {
  try {
    new AllowList(patterns)
  } catch (cause) {
    throw new PfError('PF_CONFIG_INVALID', (cause as Error).message, { cause })
  }
}

function settingsOf(options: WasmHostOptions, component: Uint8Array): AppSettings {
  const name =
    options.name ??
    (typeof options.component === 'string' ? basename(options.component).replace(/\.wasm$/, '') : 'agent')
  const mode = options.mode ?? (hasSuspension() ? 'jspi' : 'threads')
  const memoryMb = options.memoryMb ?? 64
  checkPatterns(options.outbound ?? [])
  if (mode === 'jspi' && !hasSuspension())
    throw new PfError(
      'PF_CONFIG_INVALID',
      "This Node can't suspend a guest (no WebAssembly.Suspending): use Node 24 or newer, or mode: 'threads'.",
    )
  return {
    component,
    name,
    mode,
    workers: options.workers ?? (mode === 'threads' ? THREADS : Math.min(4, availableParallelism())),
    pool: options.pool ?? (mode === 'threads' ? 1 : 2),
    concurrency: Math.max(
      1,
      Math.min(options.concurrency ?? 128, Math.floor((options.totalMemoryMb ?? totalmem() / 2 ** 21) / memoryMb)),
    ),
    queue: options.queue ?? 256,
    receiving: options.receiving ?? 1024,
    memoryMb,
    timeoutMs: options.timeoutMs ?? 30_000,
    busyLimitMs: options.busyLimitMs ?? 2_000,
    dataDir: resolve(options.dataDir ?? `.pf/${name}`),
    cacheDir: options.cacheDir,
    stores: options.stores ?? ['default'],
    variables: { ...options.variables, ...options.secrets },
    outbound: options.outbound ?? [],
    onLog: options.onLog ?? (({ app, line }) => process.stderr.write(`[${app}] ${line}\n`)),
  }
}

/**
 * Serves a component over HTTP: each request in an instance of its own, on worker threads, with nothing granted but what
 * the options name.
 *
 * @throws PfError `PF_COMPONENT_INVALID` when the file is not a component, `PF_CONFIG_INVALID` for options that can't work;
 *   node's own errors when the file can't be read or the port is taken.
 * @example
 * ```ts
 * const host = await createWasmHost({ component: 'agent.wasm', port: 3000, outbound: ['https://api.example.com'] })
 * console.log(host.url)
 * await host.close()
 * ```
 */
export async function createWasmHost(options: WasmHostOptions): Promise<WasmHost> {
  const component =
    typeof options.component === 'string' ? new Uint8Array(await readFile(options.component)) : options.component
  const settings = settingsOf(options, component)
  const headersTimeoutMs = options.headersTimeoutMs ?? 15_000
  const server = createServer({
    headersTimeout: headersTimeoutMs,
    requestTimeout: options.requestTimeoutMs ?? 60_000,
    keepAliveTimeout: 10_000,
    // How late a timeout may be noticed.
    connectionsCheckingInterval: Math.min(5_000, headersTimeoutMs),
  })
  answerHalfClosed(server)
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
      server.off('error', failed)
      listening()
    })
  })
  const { address, port, family } = server.address() as AddressInfo
  const authority = family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
  // Listening first: the guest's own address is part of its capabilities. What comes before it is ready waits for it.
  const starting = App.start(settings, authority)
  const take = (ready: App, request: IncomingMessage, response: ServerResponse): void => {
    const { url = '/', rawHeaders, headers } = request
    const target = requestTarget(url, onlyHost(rawHeaders, headers.host), authority)
    // A guest would trap on such an address, or put it into its card.
    if (target === undefined) return refuse(request, response, hostErrors.target)
    ready.handle(nodeExchange(request, response, target))
  }
  const early = (request: IncomingMessage, response: ServerResponse) => {
    starting.then(
      (ready) => take(ready, request, response),
      () => response.destroy(),
    )
  }
  server.on('request', early)
  let app: App
  try {
    app = await starting
  } catch (error) {
    server.close()
    throw error
  }
  server.off('request', early)
  const pipeline = new Pipeline()
  server.on('request', (request, response) => {
    const begin = (): void => take(app, request, response)
    pipeline.enter(request, response, begin, () => refuse(request, response, hostErrors.busy))
  })
  return {
    url: `http://${authority}`,
    fetch: async (request) => {
      const { exchange, response } = await fetchExchange(request)
      app.handle(exchange)
      return response
    },
    stats: () => app.stats(),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await app.close(DRAIN_MS)
      server.closeAllConnections()
      await closed
    },
  }
}
