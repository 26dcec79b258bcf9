import type { ModelFilePart, ModelToolResultPart, Part } from '@pf-agents/agent-core'

/** The text of a tool's result, data as JSON. Where there is nothing at all, a word that says so: some wires refuse emptiness. */
export function resultText(result: ModelToolResultPart): string {
  const texts: string[] = []
  for (const part of result.parts) {
    const text = partText(part)
    if (text !== undefined) texts.push(text)
  }
  if (texts.length > 0) return texts.join('\n')
  return result.parts.length > 0 ? 'The result is a file.' : result.isError === true ? 'Failed.' : 'Done.'
}

/** The images and other files of a tool's result. */
export function resultFiles(result: ModelToolResultPart): ModelFilePart[] {
  const files: ModelFilePart[] = []
  for (const part of result.parts) {
    const mediaType = part.mediaType ?? 'application/octet-stream'
    const name = part.filename === undefined ? {} : { filename: part.filename }
    if (part.raw !== undefined) files.push({ type: 'file', mediaType, raw: part.raw, ...name })
    // An address that is not said to be a picture is told as text: not every model can load it.
    else if (part.url !== undefined && isImage(mediaType))
      files.push({ type: 'file', mediaType, url: part.url, ...name })
  }
  return files
}

/** Whether a media type is a picture. */
export function isImage(mediaType: string): boolean {
  return /^image(\/|$)/i.test(mediaType)
}

function partText(part: Part): string | undefined {
  if (part.text !== undefined) return part.text
  if (part.url !== undefined) return isImage(part.mediaType ?? '') ? undefined : part.url
  if (part.raw !== undefined) return undefined
  return JSON.stringify(part.data)
}
