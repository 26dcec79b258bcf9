import type { JsonValue } from '@pf-agents/agent-core'
import type { Asked } from '../error/classify'
import { ModelError } from '../error/model-error'

/** The address of the interface is somewhere else. */
export function redirected(asked: Asked, status: number, to: string): ModelError {
  const [location] = /^https?:\/\/[^/?#]+/i.exec(to) ?? []
  return new ModelError('PF_MODEL_RESPONSE_INVALID', {
    ...asked,
    httpStatus: status,
    details: {
      reason: 'The address redirects to another one, and no key goes there. Set baseUrl to where the interface is.',
      // A name and a password in it are nobody's business.
      ...(location?.includes('@') === false && { location }),
    },
  })
}

/** The beginning of a body as JSON, else as the text it is. */
export function bodyOf(text: string): JsonValue | undefined {
  return strayJson(text) ?? cutJson(text) ?? (text || undefined)
}

/** JSON that was cut, without what is not whole, but for a text: of that the beginning counts. */
function cutJson(text: string): JsonValue | undefined {
  const open: string[] = []
  let whole = 0
  for (const { 0: token, index } of text.matchAll(/[{}[\],]|"(?:[^"\\]|\\.)*"?/g)) {
    if (token.startsWith('"')) continue
    if (token === '{' || token === '[') open.push(token === '{' ? '}' : ']')
    else if (token !== ',') open.pop()
    whole = token === ',' ? index : index + 1
  }
  const rest = open.toReversed().join('')
  // An escape that is cut has up to five characters.
  for (let cut = 0; cut < 7; cut++) {
    const begun = `${text.slice(0, text.length - cut)}"`
    const json = strayJson((cut < 6 ? begun : text.slice(0, whole)) + rest)
    // Words in brackets are words.
    if (json && Object.keys(json).length > 0) return json
  }
  return undefined
}

const sseFields = ['data', 'event', 'id', 'retry', ':']

/** Whether a text has lines that no stream of events has: a page of a proxy, say. The last line may be cut. */
export function isNotSse(text: string): boolean {
  const lines = text.split(/[\r\n]+/)
  const last = lines.at(-1)
  const isField = (line: string): boolean =>
    sseFields.some((field) => line.startsWith(field) || (line === last && field.startsWith(line)))
  return !lines.every((line) => line === '' || isField(line))
}

/** Text as JSON, or `undefined` where it is none. */
export function strayJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}
