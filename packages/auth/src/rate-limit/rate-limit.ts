import { anonymous, clockPort, defineFeature, PfError, type RequestInfo } from '@pf-agents/agent-core'
import { parseAddress } from '../check/address-list'
import { Allowances } from './allowance'
import { isStream, untilSent } from './until-sent'

/** Options of {@link rateLimit}. */
export interface RateLimitOptions {
  /** Requests a caller may send per minute in the long run. Default 600. */
  requestsPerMinute?: number
  /** Requests that may come at once after a pause. Default a tenth of `requestsPerMinute`, at least 1. */
  burst?: number
  /** Requests of a caller that may be under way at once; a stream is under way until it ends. Default 32. */
  concurrent?: number
  /** Callers that are remembered; the one silent for longest goes first. Default 10,000. */
  callers?: number
  /**
   * Who a request counts for; `undefined` for nobody. Default: its principal; for `anonymous` the sender's address (of IPv6
   * the network, /64). Behind a proxy that is the proxy's: name the caller yourself then.
   */
  caller?: (info: RequestInfo, request: Request) => string | undefined
  /** Paths that do not count, by how they begin. Default `/health` and `/.well-known/`. */
  exempt?: readonly string[]
}

/**
 * Limits what each caller may send: so many requests per time, so many at once. Who goes over is told with 429 and
 * `Retry-After` when to come again. What is left of whom is in the memory of this process.
 *
 * @throws PfError PF_CONFIG_INVALID where a number is none that can be
 * @example
 * ```ts
 * createApp(agent, [a2aServer(), rateLimit({ requestsPerMinute: 120, concurrent: 8 })], { auth: [apiKey({ accept })] })
 * ```
 */
export function rateLimit(options: RateLimitOptions = {}) {
  const { requestsPerMinute = 600, concurrent = 32, callers = 10_000, exempt = ['/health', '/.well-known/'] } = options
  const burst = options.burst ?? Math.max(1, Math.floor(requestsPerMinute / 10))
  for (const [name, value] of Object.entries({ requestsPerMinute, burst, concurrent, callers })) {
    if (!(value > 0) || (name !== 'requestsPerMinute' && value < 1))
      throw new PfError('PF_CONFIG_INVALID', `rateLimit: "${name}" must be a number above 0.`)
  }
  const callerOf = options.caller ?? usualCaller
  return defineFeature({
    name: 'rate-limit',
    targets: ['node'],
    unavailable: {
      reason: 'a component keeps nothing in memory from one request to the next',
      alternative: 'limit callers in the gateway in front of it',
    },
    requires: [clockPort],
    setup({ ports }) {
      const clock = ports.get(clockPort)
      const allowances = new Allowances({ burst, perMs: requestsPerMinute / 60_000, concurrent, callers })
      return {
        middleware: [
          async (request, info, next) => {
            const caller = exempt.some((path) => info.path.startsWith(path)) ? undefined : callerOf(info, request)
            if (caller === undefined) return next()
            const { done, waitMs } = allowances.admit(caller, clock.now())
            if (waitMs !== undefined)
              throw new PfError(
                'PF_RATE_LIMITED',
                'The caller sends more than it may. Try again after the time in Retry-After.',
                { retryAfterMs: waitMs },
              )
            let goesOn = false
            try {
              const response = await next()
              goesOn = isStream(response)
              return goesOn ? untilSent(response, done) : response
            } finally {
              if (!goesOn) done()
            }
          },
        ],
      }
    },
  })
}

function usualCaller({ principal, remoteAddress }: RequestInfo): string {
  if (principal.id !== anonymous.id) return `principal ${principal.id}`
  const bytes = remoteAddress === undefined ? undefined : parseAddress(remoteAddress)
  if (bytes === undefined) return anonymous.id
  // One household or machine usually has a whole network of IPv6 addresses.
  return `address ${(bytes.length === 4 ? bytes : bytes.slice(0, 8)).join('.')}`
}
