import type { Part } from '@pf-agents/agent-core'
import { normaliseBase64 } from '../json/base64'
import { readJson, readJsonObject } from '../json/free-form'
import { type Fields, isFields, type Reader } from '../json/read'
import { invalid, violate } from '../json/violations'

/**
 * Reads a Part (§4.1.6): exactly one of `text`, `raw`, `url` and `data`, told apart by presence, so `{"data":null}` is one.
 * A part that is already as the core wants it is handed back as it is; parts are most of what a message weighs.
 */
export const readPart: Reader<Part> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  let members = 0
  let exact = true
  let raw: string | undefined
  for (const key in value) {
    const member = value[key]
    if (member === undefined || (member === null && key !== 'data')) {
      exact = false
      continue
    }
    switch (key) {
      case 'text':
      case 'url':
        members++
        if (typeof member !== 'string') violate(out, key, 'must be a string')
        break
      case 'raw':
        members++
        raw = typeof member === 'string' ? normaliseBase64(member) : undefined
        if (raw === undefined) violate(out, key, 'must be base64')
        if (raw !== member) exact = false
        break
      case 'data':
        members++
        readJson(member, key, out)
        break
      case 'filename':
      case 'mediaType':
      case 'media_type':
        if (typeof member !== 'string') violate(out, key, 'must be a string')
        if (key === 'media_type' || member === '') exact = false
        break
      case 'metadata':
        readJsonObject(member, key, out)
        break
      default:
        exact = false
    }
  }
  if (members !== 1) violate(out, '', 'must have exactly one of text, raw, url, data')
  return exact ? (value as unknown as Part) : rebuild(value, raw)
}

function rebuild(fields: Fields, raw: string | undefined): Part {
  const part: Fields = {}
  if (typeof fields.text === 'string') part.text = fields.text
  else if (raw !== undefined) part.raw = raw
  else if (typeof fields.url === 'string') part.url = fields.url
  else part.data = fields.data
  const mediaType = fields.mediaType ?? fields.media_type
  if (mediaType) part.mediaType = mediaType
  if (fields.filename) part.filename = fields.filename
  if (fields.metadata) part.metadata = fields.metadata
  return part as unknown as Part
}
