import { PfError } from '@pf-agents/agent-core'
import { playBytes } from './bytes'
import type { Cassette, Fetch, RecordedExchange, RecordedOutcome } from './cassette'
import { difference } from './difference'
import { createRedactor, type RedactOptions } from './redact'
import { openRequest } from './recorded-request'

/** Options of {@link replayFetch}. */
export interface ReplayFetchOptions extends RedactOptions {
  /** Headers that must be the same too. Default none: SDKs put their versions there. */
  matchHeaders?: readonly string[]
}

/** Plays what was recorded. */
export interface FetchReplay {
  fetch: Fetch
  /** Exchanges that were not played yet. */
  readonly remaining: number
  /** @throws PfError PF_CONFIG_INVALID naming the exchanges that nobody asked for */
  assertOver(): void
}

/**
 * A `fetch` that answers from a cassette, byte for byte and piece for piece, and never from the network. Each exchange is
 * played once. A request matches where method, address and body are the same (JSON by value); of several that do, the
 * first is played, so that requests may come in another order than they were recorded in.
 *
 * A request that matches none is rejected with `PF_CONFIG_INVALID`, which says in what it differs from the nearest.
 *
 * @example
 * ```ts
 * const replay = replayFetch(JSON.parse(readFileSync('weather.json', 'utf8')))
 * const model = createAnthropic({ model: 'claude-sonnet-4-5', apiKey: 'none', host: { fetch: replay.fetch } })
 * ```
 */
export function replayFetch(cassette: Cassette, options: ReplayFetchOptions = {}): FetchReplay {
  if (cassette.version !== 1)
    throw new PfError(
      'PF_CONFIG_INVALID',
      `A cassette of version ${JSON.stringify(cassette.version)} is not known; this package plays version 1. Record it again.`,
    )
  const left = [...cassette.exchanges]
  const { matchHeaders = [] } = options
  return {
    async fetch(input, init) {
      const { recorded: request, signal } = await openRequest(input, init, createRedactor(options))
      if (signal?.aborted) throw signal.reason
      const differences: string[] = []
      for (const [index, exchange] of left.entries()) {
        const found = difference(exchange.request, request, matchHeaders)
        if (found === undefined) {
          left.splice(index, 1)
          return play(exchange.response, signal)
        }
        differences.push(found)
      }
      throw unmatched(`${request.method} ${request.url}`, left, differences, cassette.exchanges.length)
    },
    get remaining() {
      return left.length
    },
    assertOver() {
      if (left.length === 0) return
      const list = left.map(({ request: { method, url } }) => `${method} ${url}`).join('; ')
      throw new PfError(
        'PF_CONFIG_INVALID',
        `The cassette has exchanges that nobody asked for: ${list}. Record it again.`,
      )
    },
  }
}

function play(recorded: RecordedOutcome, signal: AbortSignal | undefined): Response {
  if ('failed' in recorded) throw new TypeError(recorded.failed)
  const { status, statusText, headers, chunks, ended } = recorded
  const init = { status, headers, ...(statusText !== undefined && { statusText }) }
  if (chunks.length === 0 && ended === undefined) return new Response(null, init)
  let at = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[at++]
        if (signal?.aborted) controller.error(signal.reason)
        else if (chunk !== undefined) controller.enqueue(playBytes(chunk))
        else if (ended === 'broken') controller.error(new TypeError('terminated'))
        else if (ended === 'left')
          controller.error(
            new PfError(
              'PF_CONFIG_INVALID',
              'When this was recorded, the body was left at this place; it is read further now. Record it again.',
            ),
          )
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, init)
}

/** The nearest is the one whose first difference comes last. */
function unmatched(asked: string, left: readonly RecordedExchange[], differences: string[], total: number): PfError {
  const rank = (text: string): number => ['method', 'url', 'header', 'body'].findIndex((kind) => text.startsWith(kind))
  let nearest = 0
  differences.forEach((text, index) => {
    if (rank(text) > rank(differences[nearest] as string)) nearest = index
  })
  const why =
    left.length === 0
      ? `all ${total} exchanges were played already`
      : `the nearest of the ${left.length} that are left differs in ${differences[nearest]}`
  return new PfError(
    'PF_CONFIG_INVALID',
    `${asked} is not on the cassette: ${why}. Record it again, or mend the request.`,
  )
}
