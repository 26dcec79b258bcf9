import type { SessionTerms } from './session'

interface Wrong {
  what: string
  method?: string
  headers?: Record<string, string>
  body?: string
  /** Statuses that say so. */
  statuses: number[]
}

const json = { 'content-type': 'application/json', accept: 'text/event-stream' }
const whole = { threadId: 'check-http', runId: 'check-http', messages: [], tools: [], context: [], forwardedProps: {} }

const wrong: readonly Wrong[] = [
  { what: 'a body that is no JSON', body: '{"threadId":', statuses: [400] },
  { what: 'a body without what a run needs', body: '{}', statuses: [400, 422] },
  { what: 'a field of a wrong type', body: JSON.stringify({ ...whole, messages: 42 }), statuses: [400, 422] },
  {
    what: 'a message of a wrong form',
    body: JSON.stringify({ ...whole, messages: [{ role: 'user' }] }),
    statuses: [400, 422],
  },
  {
    what: 'a body that is not said to be JSON',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(whole),
    statuses: [400, 415],
  },
  {
    what: 'a client that reads no events',
    headers: { accept: 'image/png' },
    body: JSON.stringify(whole),
    statuses: [406],
  },
  { what: 'another method', method: 'PUT', body: JSON.stringify(whole), statuses: [404, 405] },
]

/** Requests that are wrong: each is refused before a stream has begun, by a status and JSON that say so. */
export async function checkHttpErrors({ url, options, result }: SessionTerms): Promise<void> {
  const send = options.fetch ?? fetch
  for (const { what, method = 'POST', headers, body, statuses } of wrong) {
    const problem = (message: string): void => void result.problems.push({ check: 'http', message, run: 0 })
    let response: Response
    try {
      response = await send(url, {
        method,
        headers: { ...json, ...options.headers, ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
      })
    } catch (error) {
      problem(`For ${what} there was no answer: ${String(error)}`)
      continue
    }
    const { status } = response
    if (!statuses.includes(status)) {
      problem(`For ${what} the status is ${status}, not ${statuses.join(' or ')}.`)
      await response.body?.cancel()
      continue
    }
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    if (!type.includes('application/json'))
      problem(
        `For ${what} the error is ${JSON.stringify(type)}, not application/json: clients can not tell its reason.`,
      )
    else if (!isObject(text)) problem(`For ${what} the error is no JSON object: ${text.slice(0, 80)}`)
  }
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
