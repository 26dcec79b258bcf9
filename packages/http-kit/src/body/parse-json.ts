import { type JsonValue, PfError } from '@pf-agents/agent-core'

/** Options of {@link parseJson}. */
export interface ParseJsonOptions {
  /** Deepest nesting of arrays and objects. Default 100, as Protobuf's JSON readers have it. */
  maxDepth?: number | undefined
  /** Most values (scalars, arrays and objects; keys are none) it may have. Default: as many as there are. */
  maxValues?: number | undefined
  /** Code of the error. Default PF_REQUEST_INVALID; use PF_REMOTE_RESPONSE for what a peer answered. */
  code?: 'PF_REQUEST_INVALID' | 'PF_REMOTE_RESPONSE' | undefined
}

/** Nesting allowed where no option says otherwise. */
export const defaultMaxDepth = 100

const utf8 = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true })

/**
 * Parses JSON from outside: bytes that are not UTF-8 are refused, one byte order mark is skipped (RFC 8259 §8.1), and
 * nesting or values over the bounds are found before anything is built, so that a megabyte of `[` costs no more than its
 * bytes. Anything that goes wrong and has nothing to do with the text, such as a lack of memory, is thrown as it is.
 *
 * @throws PfError PF_REQUEST_INVALID (or `options.code`) with `details: { reason: 'utf-8' | 'depth' | 'syntax' }`
 * @throws PfError PF_REQUEST_TOO_LARGE (or `options.code`, where that was given) with `details: { reason: 'values' }`
 *
 * @example
 * ```ts
 * const value = parseJson(await readBody(request, 1024 * 1024))
 * ```
 */
export function parseJson(source: Uint8Array | string, options: ParseJsonOptions = {}): JsonValue {
  const { maxDepth = defaultMaxDepth, maxValues = Infinity, code = 'PF_REQUEST_INVALID' } = options
  let text: string
  try {
    text = typeof source === 'string' ? source : utf8.decode(source)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new PfError(code, 'The body is not valid UTF-8.', { cause, details: { reason: 'utf-8' } })
  }
  // TextDecoder has skipped the mark; a string may still have it.
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
  // What is n levels deep has n opening brackets and as many closing ones; n values have n - 1 commas or more brackets.
  const excess = text.length > Math.min(maxDepth, maxValues) ? excessOf(text, maxDepth, maxValues) : undefined
  if (excess === 'depth') {
    throw new PfError(code, `The JSON is nested more than ${maxDepth} levels deep.`, {
      details: { reason: 'depth', maxDepth },
    })
  }
  if (excess === 'values') {
    const advice = options.code === undefined ? ' Send less at once, or raise limits.jsonValues of the app.' : ''
    throw new PfError(options.code ?? 'PF_REQUEST_TOO_LARGE', `The JSON has more than ${maxValues} values.${advice}`, {
      details: { reason: 'values', maxValues },
    })
  }
  try {
    return JSON.parse(text) as JsonValue
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new PfError(code, 'The body is not valid JSON.', { cause, details: { reason: 'syntax' } })
  }
}

const quote = 0x22
const backslash = 0x5c

/**
 * What of a text goes over the bounds, judged by what stands outside of strings: brackets that nest too deep, or too many
 * values. Strings are skipped natively, so that long texts cost little; it ends with the first excess.
 */
function excessOf(text: string, maxDepth: number, maxValues: number): 'depth' | 'values' | undefined {
  let depth = 0
  let values = 1
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      do {
        at = text.indexOf('"', at + 1)
        if (at < 0) return undefined
      } while (text.charCodeAt(at - 1) === backslash && isEscaped(text, at))
    } else if (code === 0x2c) {
      if (++values > maxValues) return 'values'
    } else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) return 'depth'
      // What has anything in it has one value more than commas. The closing brackets are two behind the opening ones.
      if (text.charCodeAt(at + 1) !== code + 2 && ++values > maxValues) return 'values'
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return undefined
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++
  return slashes % 2 === 1
}
