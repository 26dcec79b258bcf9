import type { ModelFilePart } from '@pf-agents/agent-core'
import { isTextual } from '../prompt/prompt-parts'

const aliases: Readonly<Record<string, string>> = {
  image: 'image/png',
  'image/*': 'image/png',
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/wave': 'audio/wav',
  'audio/x-wav': 'audio/wav',
}

/** Raw sound, which is nothing without its parameters. */
const samples = /^audio\/(l16|pcm)/

/** The file with the one name of its media type (RFC 9110 §8.3.1), its bytes as bytes wherever they stand. */
export function plainFile(file: ModelFilePart): ModelFilePart {
  const { url = '', ...bytes } = file
  const comma = url.indexOf(',')
  const isData = url.slice(0, 5).toLowerCase() === 'data:'
  if (!isData || url.slice(0, Math.max(0, comma)).slice(-7).toLowerCase() !== ';base64')
    return { ...file, mediaType: plainType(file.mediaType) }
  const [written] = url.slice(5, comma).split(';', 1)
  return { ...bytes, mediaType: plainType(written || file.mediaType), raw: url.slice(comma + 1) }
}

function plainType(mediaType: string): string {
  const [type = ''] = mediaType.toLowerCase().split(';', 1)
  const plain = type.trim()
  return samples.test(plain) ? mediaType : (aliases[plain] ?? plain)
}

/** Pictures that all providers take. */
export function isPicture(mediaType: string): boolean {
  return /^image\/(png|jpeg|gif|webp)$/.test(mediaType)
}

/** Whether the bytes are there, or anybody can load them. */
export function isLoadable({ url }: ModelFilePart): boolean {
  return url === undefined || /^https?:/i.test(url)
}

/** Whether a file is neither a medium nor text, which is told as such. */
export function isDocument(mediaType: string): boolean {
  return !/^(image|audio|video)\//.test(mediaType) && !isTextual(mediaType)
}

/** The name of a document that has none. */
export function documentName(mediaType: string): string {
  return mediaType === 'application/pdf' ? 'file.pdf' : 'file'
}
