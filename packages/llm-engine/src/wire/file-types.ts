import type { ModelFilePart } from '@pf-agents/agent-core'

/** Raw sound, which is nothing without its parameters. */
const samples = /^audio\/(l16|pcm)/

/** Whether one of such patterns as `*`, `image/*` or `application/pdf` has a media type. */
export function isOneOf(mediaType: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => mediaType.startsWith(one.split('*', 1)[0] as string))
}

/** Whether there is nothing in a file, or no base64 where its bytes should be: no provider takes it. */
export function isBroken({ raw = '', url }: ModelFilePart): boolean {
  return !url && (!raw || raw.length % 4 > 0 || /[^A-Za-z0-9+/=]|=[^=]/.test(raw))
}

/** The file with the one name of its media type (RFC 9110 §8.3.1), its bytes as bytes wherever they stand. */
export function plainFile(file: ModelFilePart): ModelFilePart {
  const { url = '', ...bytes } = file
  const comma = url.indexOf(',')
  const head = url.slice(0, Math.max(0, comma)).toLowerCase()
  if (!head.startsWith('data:') || !head.endsWith(';base64')) return { ...file, mediaType: plainType(file.mediaType) }
  return {
    ...bytes,
    mediaType: plainType(head.slice(5, head.indexOf(';')) || file.mediaType),
    raw: url.slice(comma + 1),
  }
}

function plainType(mediaType: string): string {
  const [type = ''] = mediaType.toLowerCase().split(';', 1)
  if (samples.test(type)) return mediaType
  return type
    .trim()
    .replace(/^image(\/\*)?$/, 'image/png')
    .replace('/jpg', '/jpeg')
    .replace('/mp3', '/mpeg')
    .replace(/\/(x-)?wave?$/, '/wav')
}
