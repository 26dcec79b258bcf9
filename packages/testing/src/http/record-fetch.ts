import { PfError, systemClock } from '@pf-agents/agent-core'
import { join, recordBytes } from './bytes'
import type { Cassette, Fetch, RecordedBytes, RecordedExchange, RecordedOutcome } from './cassette'
import { createRedactor, redactBinary, type RedactOptions, type Redactor } from './redact'
import { openRequest } from './recorded-request'

/** Options of {@link recordFetch}. */
export interface RecordFetchOptions extends RedactOptions {
  /** What the requests are made with. Default: the host's own `fetch`. */
  fetch?: Fetch
  /** Most bytes of one body that are kept. Default 16 MiB; more fails the body, for a recording cut short is none. */
  maxBodyBytes?: number
}

/** Records what goes through its `fetch`. */
export interface FetchRecorder {
  fetch: Fetch
  /** What was recorded so far. Bodies that are still being read are waited for, a second at most; then they count as left. */
  cassette(): Promise<Cassette>
}

/** How long a body that is still being read is waited for, ms. */
const patienceMs = 1000

interface Taping {
  exchange: RecordedExchange | undefined
  over: Promise<void>
  /** Ends the recording of a body that nobody reads to its end. */
  leave(): void
}

/**
 * Records real HTTP, streams in the pieces they came in, to be played again by {@link replayFetch}. Keys, tokens and
 * cookies in headers and addresses are taken out, and where their values come up elsewhere, there too.
 *
 * @example
 * ```ts
 * const recorder = recordFetch()
 * await generate(createAnthropic({ model: 'claude-sonnet-4-5', apiKey, host: { fetch: recorder.fetch } }), call)
 * const cassette = await recorder.cassette()
 * ```
 */
export function recordFetch(options: RecordFetchOptions = {}): FetchRecorder {
  const { maxBodyBytes = 16 * 1024 * 1024 } = options
  const tapes: Taping[] = []
  return {
    async fetch(input, init) {
      const redactor = createRedactor(options)
      const { recorded: request, url, init: sent } = await openRequest(input, init, redactor)
      let finish: () => void = () => {}
      const tape: Taping = { exchange: undefined, over: new Promise((resolve) => (finish = resolve)), leave() {} }
      tapes.push(tape)
      const end = (response: RecordedOutcome): void => {
        tape.exchange ??= { request, response }
        finish()
      }
      let response: Response
      try {
        const { fetch = globalThis.fetch } = options
        response = await fetch(url, sent)
      } catch (error) {
        end({ failed: redactor.text(error instanceof Error ? error.message : String(error)) })
        throw error
      }
      return taped(response, redactor, maxBodyBytes, tape, end)
    },
    async cassette() {
      let cancel: (() => void) | undefined
      const late = new Promise<void>((resolve) => (cancel = systemClock.after(patienceMs, resolve)))
      await Promise.race([Promise.all(tapes.map(({ over }) => over)), late])
      cancel?.()
      for (const tape of tapes) tape.leave()
      return { version: 1, exchanges: tapes.flatMap(({ exchange }) => exchange ?? []) }
    },
  }
}

/** The same response, its body noted on the way to whoever reads it. */
function taped(
  response: Response,
  redactor: Redactor,
  maxBytes: number,
  tape: Taping,
  end: (outcome: RecordedOutcome) => void,
): Response {
  const chunks: Uint8Array[] = []
  const { status, statusText } = response
  const headers = redactor.headers(response.headers)
  const note = (ended?: 'broken' | 'left'): void =>
    end({
      status,
      ...(statusText !== '' && { statusText: redactor.text(statusText) }),
      headers,
      chunks: redactChunks(chunks, redactor),
      ...(ended && { ended }),
    })
  const init = { status, statusText, headers: response.headers }
  if (response.body === null) {
    note()
    return new Response(null, init)
  }
  const reader = response.body.getReader()
  tape.leave = () => note('left')
  let length = 0
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            note()
            controller.close()
            return
          }
          length += value.length
          if (length > maxBytes) {
            void reader.cancel().catch(() => {})
            throw new PfError(
              'PF_REQUEST_TOO_LARGE',
              `A body of more than ${maxBytes} bytes is not recorded. Raise maxBodyBytes.`,
            )
          }
          chunks.push(value.slice())
          controller.enqueue(value)
        } catch (error) {
          note('broken')
          controller.error(error)
        }
      },
      async cancel(reason) {
        note('left')
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, init)
}

/** The pieces without secrets; a secret that lies across pieces makes one piece of them. */
function redactChunks(chunks: readonly Uint8Array[], redactor: Redactor): RecordedBytes[] {
  const parts = chunks.map(recordBytes)
  const whole = recordBytes(join(chunks))
  if (!('text' in whole)) {
    const clean = redactBinary(whole, redactor)
    return clean === whole ? parts : [clean]
  }
  const clean = redactor.text(whole.text)
  if (clean === whole.text) return parts
  const list = parts.map((part) => ('text' in part ? { text: redactor.text(part.text) } : part))
  const isWhole =
    list.every((part) => 'text' in part) && list.map((part) => ('text' in part ? part.text : '')).join('') === clean
  return isWhole ? list : [{ text: clean }]
}
