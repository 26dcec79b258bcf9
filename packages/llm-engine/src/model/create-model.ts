import {
  type LanguageModel,
  type ModelCall,
  type ModelHost,
  type ModelStreamPart,
  type Needs,
  PfError,
  systemClock,
  systemRandom,
} from '@pf-agents/agent-core'
import { backoffDelay, sleep, type Timeouts } from '@pf-agents/http-kit'
import type { ModelError } from '../error/model-error'
import { nameTable } from '../tool/tool-names'
import type { Wire, WireRequest } from '../wire/wire'
import { resolveKey } from './api-key'
import { Exchange } from './exchange'
import { defaultBackoff, defaultTimeouts, type ModelOptions, reasoningFirstOutputMs } from './model-options'
import { PartStream } from './part-stream'

/** Makes a model of a wire: attempts, waits, timers and keys are the same for all. */
export function createModel(wire: Wire, options: ModelOptions, baseUrl: string): LanguageModel {
  return {
    provider: wire.provider,
    modelId: wire.modelId,
    profile: wire.profile,
    needs: needsOf(options, baseUrl),
    stream: (call) => new PartStream(call.signal, (signal) => batches(wire, options, call, signal)),
  }
}

async function* batches(
  wire: Wire,
  options: ModelOptions,
  call: ModelCall,
  signal: AbortSignal,
): AsyncGenerator<ModelStreamPart[], undefined, undefined> {
  if (signal.aborted) throw signal.reason
  const host: ModelHost = { ...options.host, ...call.host }
  const { fetch = globalThis.fetch, clock = systemClock, random = systemRandom } = host
  const timeouts = timeoutsOf(wire, options, call)
  const end = timeouts.totalMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeouts.totalMs
  const request = requestOf(wire, options, call)
  const attempts = call.attempts ?? options.attempts ?? 3
  const toolName = nameTable(toolNames(call), wire.toolName)

  for (let attempt = 1; ; attempt++) {
    const key = await resolveKey(options.apiKey, host)
    const exchange = new Exchange({
      wire,
      request,
      authorization: key === undefined ? {} : wire.authorization(key),
      timeouts: { ...timeouts, totalMs: end === Number.POSITIVE_INFINITY ? undefined : end - clock.now() },
      toolName,
      fetch,
      clock,
      random,
      signal,
      maxEventLength: options.maxEventLength ?? 8 * 1024 * 1024,
    })
    let first: ModelStreamPart[]
    try {
      first = await exchange.open()
    } catch (error) {
      const delayMs = delayBefore(error, attempt, options, random.fraction())
      if (signal.aborted || attempt >= attempts || delayMs === undefined || clock.now() + delayMs >= end) throw error
      const { code } = error as ModelError
      yield [{ type: 'retry', attempt, code, delayMs, provider: wire.provider, modelId: wire.modelId }]
      await sleep(delayMs, { signal, clock })
      continue
    }
    try {
      yield first
      for (let parts = await exchange.next(); parts !== undefined; parts = await exchange.next()) yield parts
    } finally {
      exchange.close()
    }
    return undefined
  }
}

/** How long to wait before the next attempt, or `undefined` where there is to be none. */
function delayBefore(error: unknown, attempt: number, options: ModelOptions, fraction: number): number | undefined {
  if (!PfError.is(error) || !error.retryable) return undefined
  const asked = error.retryAfterMs ?? 0
  if (asked > (options.maxRetryAfterMs ?? 60_000)) return undefined
  // Jitter on top, so that those who were sent away together do not come back together.
  return asked + backoffDelay(attempt - 1, { ...defaultBackoff, ...options.backoff }, fraction)
}

function requestOf(wire: Wire, options: ModelOptions, call: ModelCall): WireRequest {
  const request = wire.request(call)
  if (options.headers === undefined && call.headers === undefined) return request
  return { ...request, headers: { ...request.headers, ...lowerCase(options.headers), ...lowerCase(call.headers) } }
}

/** Names in one case, so that a header given twice is one header. */
function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function timeoutsOf(wire: Wire, options: ModelOptions, call: ModelCall): Timeouts {
  const set = { ...defined(options.timeouts), ...defined(call.timeouts) }
  const thinks = call.reasoning ? call.reasoning.effort !== 'none' : wire.profile.reasoning === true
  return {
    headersMs: set.headersMs ?? defaultTimeouts.headersMs,
    firstMs: set.firstOutputMs ?? (thinks ? reasoningFirstOutputMs : defaultTimeouts.firstOutputMs),
    idleMs: set.idleMs ?? defaultTimeouts.idleMs,
    totalMs: set.totalMs === Number.POSITIVE_INFINITY ? undefined : set.totalMs,
  }
}

function defined(timeouts: ModelCall['timeouts'] = {}): NonNullable<ModelCall['timeouts']> {
  return Object.fromEntries(Object.entries(timeouts).filter(([, ms]) => ms !== undefined))
}

function* toolNames(call: ModelCall): Iterable<string> {
  for (const { name } of call.tools ?? []) yield name
}

function needsOf(options: ModelOptions, baseUrl: string): Needs {
  const { apiKey } = options
  return {
    outbound: [new URL(baseUrl).origin],
    ...(typeof apiKey === 'object' && { secrets: [apiKey] }),
  }
}
