import { useEffect, useState } from 'preact/hooks'
import { Link, Markdown } from '../chat/markdown'
import { Json } from './json'

/** A part as A2A writes it. */
export interface PartLike {
  text?: string
  raw?: string
  url?: string
  data?: unknown
  mediaType?: string
  filename?: string
}

/** One piece of content. */
export function PartView({ part }: { part: PartLike }) {
  const { text, raw, url, mediaType, filename } = part
  if (text !== undefined) return <Markdown text={text} />
  if (raw !== undefined)
    return <FileView base64={raw} mediaType={mediaType ?? 'application/octet-stream'} name={filename ?? 'file'} />
  if (url !== undefined) {
    return (
      <p class="file">
        <Link href={url}>{filename ?? url}</Link>
        {mediaType !== undefined && <small>{mediaType}</small>}
      </p>
    )
  }
  return <Json value={part.data} label="Data" />
}

/** Pictures that can hold no script. */
const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

function FileView({ base64, mediaType, name }: { base64: string; mediaType: string; name: string }) {
  const [file, setFile] = useState<{ url: string; size: number }>()
  useEffect(() => {
    const bytes = bytesOf(base64)
    if (bytes === undefined) return undefined
    // Never a type that a browser would show as a document of this origin.
    const type = pictures.has(mediaType) ? mediaType : 'application/octet-stream'
    const url = URL.createObjectURL(new Blob([bytes], { type }))
    setFile({ url, size: bytes.length })
    return () => URL.revokeObjectURL(url)
  }, [base64, mediaType])
  if (file === undefined) return <p class="file">{name} can not be read.</p>
  return (
    <p class="file">
      {pictures.has(mediaType) && <img src={file.url} alt={name} />}
      <a href={file.url} download={name}>
        {name}
      </a>
      <small>
        {mediaType}, {file.size < 1000 ? `${file.size} bytes` : `${(file.size / 1000).toFixed(1)} kB`}
      </small>
    </p>
  )
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}
