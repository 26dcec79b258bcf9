import type {
  Clock,
  Logger,
  MemoryStoresOptions,
  Random,
  RuntimeOptions,
  Target,
  Variables,
} from '@pf-agents/agent-core'
import type { AuthRequirement } from '@pf-agents/auth'
import type { MiddlewareHandler } from 'hono'

/** Bounds of an app. */
export interface AppLimits {
  /** Bytes a request body may have. Default 4 MiB, in a component 1 MiB. */
  bodyBytes?: number
  /**
   * Values a body of JSON may have: scalars, arrays and objects. They are counted before any is made; more are refused
   * with 413. Default 100,000, in a component 20,000.
   */
  jsonValues?: number
  /**
   * Requests answered at the same time; more are refused with 503. A stream counts until it has begun, not while it runs,
   * and a request that features read as a whole not while its body is on its way. Default 1,024.
   */
  concurrentRequests?: number
  /**
   * Requests whose bodies are on their way at the same time. Where one more comes, the one that takes longest so far is
   * refused with 503: clients that stall do not keep others out. Default 1,024.
   */
  receivingRequests?: number
  /** Characters a URL may have. Default 8,192. */
  urlLength?: number
  /** What a caller that finds no room is told to wait, in milliseconds. Default 1,000. */
  retryAfterMs?: number
}

/** Options of `createApp`. */
export interface AppOptions {
  /**
   * Who may call: any one of these schemes lets a request in. They stand on the agent card. Default: nobody is asked, and
   * every request is from the one principal `anonymous`.
   */
  auth?: readonly AuthRequirement[]
  limits?: AppLimits
  /** How runs behave. Default on WASM: a busy context is refused at once, and a run may take 30 seconds. */
  runtime?: Omit<RuntimeOptions, 'tenant'>
  /** Bounds of the memory drivers that stand in for storage features. */
  memory?: MemoryStoresOptions
  /** Default: JSON lines on the console's error stream. */
  logger?: Logger
  clock?: Clock
  random?: Random
  /** Variables and secrets. Default: those of the host (the environment on Node). */
  variables?: Variables
  /** Hono middleware before everything else, such as `cors()` of `hono/cors`. */
  use?: readonly MiddlewareHandler[]
  /** Path of the public health check, or `false` for none. Default `/health`. */
  health?: string | false
  /** Milliseconds `close` waits for runs before it aborts them. Default 10,000. */
  closeGraceMs?: number
  /** Where the app is served. Default: where the code runs. */
  target?: Target
}
