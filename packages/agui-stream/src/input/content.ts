import type { ContentPart } from '@ag-ui/core'
import type { JsonObject, JsonValue, Part } from '@pf-agents/agent-core'
import { mediaKind } from '../encode/parts'
import { type Checker, isObject, type OnWarning } from './checker'

const media: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'document'])

/** The content of a user's or a tool's message. Parts of unknown kinds are left out. */
export function parseContent(value: JsonValue | undefined, field: string, check: Checker): string | ContentPart[] {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) {
    check.wrong(field, 'must be a string or a list of parts')
    return ''
  }
  return check.objects(value, field).flatMap(({ one, at }) => parsePart(one, at, check) ?? [])
}

function parsePart(given: JsonObject, at: string, check: Checker): ContentPart | undefined {
  const { type } = given
  if (type === 'text') return { type, text: check.text(given, 'text', at) }
  if (type === 'binary') return parseBinary(given, at, check)
  if (typeof type !== 'string' || !media.has(type)) {
    check.warn(`${at}type ${JSON.stringify(type)} is not known`)
    return undefined
  }
  const source = isObject(given['source']) ? given['source'] : undefined
  if (source === undefined) {
    check.wrong(`${at}source`, 'must be an object')
    return undefined
  }
  const kind = type as 'image'
  const value = check.text(source, 'value', `${at}source.`)
  const mimeType = check.optionalText(source, 'mimeType', `${at}source.`)
  const typed = mimeType === undefined ? {} : { mimeType }
  switch (source['type']) {
    case 'data':
      if (mimeType === undefined) check.wrong(`${at}source.mimeType`, 'must be a string')
      return { type: kind, source: { type: 'data', value, mimeType: mimeType ?? '' } }
    case 'url':
      return { type: kind, source: { type: 'url', value, ...typed } }
    case 'file': {
      const provider = check.optionalText(source, 'provider', `${at}source.`)
      return { type: kind, source: { type: 'file', value, ...typed, ...(provider !== undefined && { provider }) } }
    }
    default:
      check.warn(`${at}source.type ${JSON.stringify(source['type'])} is not known`)
      return undefined
  }
}

/** The part of clients before 1.0 that stood for every kind of file. */
function parseBinary(given: JsonObject, at: string, check: Checker): ContentPart | undefined {
  const mimeType = check.text(given, 'mimeType', at)
  const data = check.optionalText(given, 'data', at)
  const url = check.optionalText(given, 'url', at)
  const type = mediaKind(mimeType)
  if (data !== undefined) return { type, source: { type: 'data', value: data, mimeType } }
  if (url !== undefined) return { type, source: { type: 'url', value: url, mimeType } }
  check.warn(`${at} has neither data nor url`)
  return undefined
}

/**
 * Content as the parts of a message, of those media types that the agent takes: a part that it can't use is left out
 * rather than the whole message refused. Nothing is fetched here.
 */
export function partsOf(content: string | readonly ContentPart[], modes: readonly string[], warn: OnWarning): Part[] {
  if (typeof content === 'string') return [{ text: content }]
  return content.flatMap((part): Part[] => {
    if (part.type === 'text') return [{ text: part.text }]
    const { source } = part
    const mediaType = source.mimeType
    if (source.type === 'file') {
      warn('a file that is kept by a provider of models was left out')
      return []
    }
    if (mediaType !== undefined && !takes(modes, mediaType)) {
      warn(`a part of type ${mediaType.slice(0, 100)} was left out: the agent does not take it`)
      return []
    }
    const typed = mediaType === undefined ? {} : { mediaType }
    return [source.type === 'data' ? { raw: source.value, ...typed } : { url: source.value, ...typed }]
  })
}

/** Whether media types such as `image/png` or `image/*` have this one among them. */
export function takes(modes: readonly string[], mediaType: string): boolean {
  const type = (mediaType.split(';')[0] as string).trim().toLowerCase()
  return modes.some(
    (mode) => mode === type || mode === '*/*' || (mode.endsWith('/*') && type.startsWith(mode.slice(0, -1))),
  )
}
