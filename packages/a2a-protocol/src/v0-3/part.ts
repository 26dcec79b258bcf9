import type { Part } from '@pf-agents/agent-core'
import { type Fields, isFields } from '../json/read'
import { memberOf, present, type V03Form } from './form'

/**
 * Data of 0.3 is an object. Whatever else 1.0 allows goes into one, under `value`, and this flag in the metadata says so:
 * the SDKs for Python, Go and JavaScript do the same.
 */
const wrapFlag = 'data_part_compat'

/** Makes a part of 1.0 of one of 0.3, in either form. What is none becomes one without content, which readers refuse. */
export function upgradePart(part: Fields): Fields {
  const { kind, text } = part
  const metadata = part.metadata ?? undefined
  if (kind === 'text' || (kind === undefined && text !== undefined)) return present({ text, metadata })
  if (kind === 'file' || (kind === undefined && part.file !== undefined)) return upgradeFile(part.file, metadata)
  if (kind === 'data' || (kind === undefined && part.data !== undefined)) {
    const data = kind === 'data' || !isFields(part.data) || !('data' in part.data) ? part.data : part.data.data
    return upgradeData(data, metadata)
  }
  return {}
}

function upgradeFile(file: unknown, metadata: unknown): Fields {
  if (!isFields(file)) return {}
  const raw = memberOf(file, 'bytes', 'fileWithBytes', 'file_with_bytes')
  const url = raw === undefined ? memberOf(file, 'uri', 'fileWithUri', 'file_with_uri') : undefined
  return present({
    raw,
    url,
    filename: memberOf(file, 'name'),
    mediaType: memberOf(file, 'mimeType', 'mime_type'),
    metadata,
  })
}

function upgradeData(data: unknown, metadata: unknown): Fields {
  if (!isFields(metadata) || metadata[wrapFlag] !== true || !isFields(data)) return present({ data, metadata })
  const { [wrapFlag]: _flag, ...rest } = metadata
  // `null` is a value of its own here.
  return { data: data.value ?? null, ...(Object.keys(rest).length > 0 && { metadata: rest }) }
}

/** Makes a part of 0.3 of one of 1.0. Its media type stays behind, but for files: 0.3 has no place for it. */
export function downgradePart(part: Part, form: V03Form): Fields {
  const { metadata, filename: name, mediaType: mimeType } = part
  const isKind = form === 'kind'
  const tag = (kind: string) => (isKind ? { kind } : {})
  if (part.text !== undefined) return present({ ...tag('text'), text: part.text, metadata })
  if (part.raw !== undefined || part.url !== undefined) {
    const [bytes, uri] = isKind ? ['bytes', 'uri'] : ['fileWithBytes', 'fileWithUri']
    const file = present({ [bytes]: part.raw, [uri]: part.url, name, mimeType })
    return present({ ...tag('file'), file, metadata })
  }
  const { data } = part
  const isObject = isFields(data)
  const object = isObject ? data : { value: data }
  const flagged = isObject ? metadata : { ...metadata, [wrapFlag]: true }
  return present({ ...tag('data'), data: isKind ? object : { data: object }, metadata: flagged })
}
