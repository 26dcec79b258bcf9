import type { RecordedRequest } from './cassette'

/** The first thing in which a request is another than the recorded one, or `undefined`. The order of fields is nothing. */
export function difference(
  recorded: RecordedRequest,
  asked: RecordedRequest,
  headers: readonly string[],
): string | undefined {
  if (recorded.method !== asked.method) return `method: recorded ${recorded.method}, asked ${asked.method}`
  if (recorded.url !== asked.url) return `url: recorded ${recorded.url}, asked ${asked.url}`
  for (const name of headers.map((one) => one.toLowerCase())) {
    const [was, is] = [recorded.headers[name], asked.headers[name]]
    if (was !== is) return `header ${name}: recorded ${shown(was)}, asked ${shown(is)}`
  }
  const [was, is] = [recorded.body, asked.body]
  // How a body is kept is no part of it.
  if (was && is && 'json' in was && 'json' in is) return valueDifference(was.json, is.json, 'body')
  if (was && is && 'text' in was && 'text' in is) return valueDifference(was.text, is.text, 'body')
  return valueDifference(was ?? null, is ?? null, 'body')
}

function valueDifference(recorded: unknown, asked: unknown, path: string): string | undefined {
  if (Object.is(recorded, asked)) return undefined
  if (isContainer(recorded) && isContainer(asked) && Array.isArray(recorded) === Array.isArray(asked)) {
    const [was, is] = [recorded as Record<string, unknown>, asked as Record<string, unknown>]
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const found = valueDifference(was[key], is[key], `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  return `${path}: recorded ${shown(recorded)}, asked ${shown(asked)}`
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 160 ? `${text.slice(0, 160)}…` : text
}
