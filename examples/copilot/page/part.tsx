import { FlightTable } from './flight-table'
import type { Flight } from './trip-state'

/** A part of a result, as A2A writes it. */
export type Part = {
  text?: string
  data?: unknown
  raw?: string
  url?: string
  mediaType?: string
  filename?: string
}

export function PartView({ part }: { part: Part }) {
  const { text, data, raw, url, mediaType, filename } = part
  if (text !== undefined) return <p>{text}</p>
  if (raw !== undefined) {
    const name = filename ?? 'file'
    const type = mediaType ?? 'application/octet-stream'
    return (
      <a class="file" download={name} href={`data:${type};base64,${raw}`}>
        {type === 'text/calendar' ? 'Add to your calendar' : `Download ${name}`}
      </a>
    )
  }
  if (url !== undefined) {
    // What an agent gives is no reason to run it.
    if (!/^https?:/.test(url)) return <code>{url}</code>
    return (
      <a class="file" href={url} target="_blank" rel="noreferrer">
        {new URL(url).host}
      </a>
    )
  }
  const flights = (data as { flights?: Flight[] } | undefined)?.flights
  if (Array.isArray(flights)) return flights.length > 0 ? <FlightTable flights={flights} /> : <p>No flight fits.</p>
  return (
    <details class="call">
      <summary>As data</summary>
      <pre>{JSON.stringify(data, undefined, 2)}</pre>
    </details>
  )
}
