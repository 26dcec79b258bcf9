import type { ModelFilePart, ModelTextPart, Part } from '@pf-agents/agent-core'

/** Media types that are told as text. */
const textual = /^(text\/|application\/(json|xml|yaml|javascript)\b)|\+(json|xml)\b/i

/** A message's parts as a model reads them: data as JSON, text files as text, links as they are. Never empty. */
export function promptParts(parts: readonly Part[]): (ModelTextPart | ModelFilePart)[] {
  const content = parts.map(promptPart)
  return content.length > 0 ? content : [text('')]
}

function promptPart(part: Part): ModelTextPart | ModelFilePart {
  const { mediaType = '', filename } = part
  if (part.text !== undefined) return text(filename === undefined ? part.text : `${filename}:\n${part.text}`)
  const named = filename === undefined ? {} : { filename }
  if (part.url !== undefined)
    return mediaType === '' || textual.test(mediaType)
      ? text(filename === undefined ? part.url : `${filename}: ${part.url}`)
      : { type: 'file', mediaType, url: part.url, ...named }
  const { raw } = part
  if (raw === undefined) return text(JSON.stringify(part.data))
  const file: ModelFilePart = { type: 'file', mediaType: mediaType || 'application/octet-stream', raw, ...named }
  const told = fileText(file)
  return told === undefined ? file : text(told)
}

/** What a text file says. */
export function fileText({ mediaType, raw, filename }: ModelFilePart): string | undefined {
  if (raw === undefined || !textual.test(mediaType)) return undefined
  return filename === undefined ? decoded(raw) : `${filename}:\n${decoded(raw)}`
}

/** Stands for a file of the model that is not shown. */
export function forgotten({ filename, mediaType }: ModelFilePart): ModelTextPart {
  return text(`(A file was made here: ${filename ?? mediaType}.)`)
}

function text(value: string): ModelTextPart {
  return { type: 'text', text: value }
}

function decoded(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
  } catch {
    return '(The file can not be read: its content is not base64.)'
  }
}
