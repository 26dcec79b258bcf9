/** Bytes as JSON: text where they are UTF-8, else base64. */
export type RecordedBytes = { text: string } | { base64: string }

/** A request as it was sent, without its secrets. */
export interface RecordedRequest {
  method: string
  url: string
  /** Names in lower case, in order. */
  headers: Readonly<Record<string, string>>
  /** JSON where the body was JSON, so that a cassette can be read and changed. Absent: none. */
  body?: { json: unknown } | RecordedBytes
}

/** What came of a request. */
export type RecordedOutcome =
  | {
      status: number
      statusText?: string
      headers: Readonly<Record<string, string>>
      /** The body, piece by piece as it came. */
      chunks: readonly RecordedBytes[]
      /** How the body ended where it did not end well: `broken` by the network, or `left` by who read it. */
      ended?: 'broken' | 'left'
    }
  /** No response came. */
  | { failed: string }

/** A request and what came of it. */
export interface RecordedExchange {
  request: RecordedRequest
  response: RecordedOutcome
}

/** Recorded HTTP. Plain JSON, made to be kept beside the tests. */
export interface Cassette {
  version: 1
  exchanges: readonly RecordedExchange[]
}

/** A `fetch` function, as far as it is needed here. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>
