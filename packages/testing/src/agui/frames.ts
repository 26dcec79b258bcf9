import type { AguiEvent } from './report'

/** Characters of one record from which on clients refuse it. */
const maxRecord = 10 * 1024 * 1024

/** What a body of server-sent events says, and what is wrong with how. */
export interface Frames {
  events: AguiEvent[]
  problems: { message: string; event?: number }[]
}

/** Reads the bytes of a stream of events strictly: as a client must be able to, whichever it is. */
export function readFrames(bytes: Uint8Array, isWhole: boolean): Frames {
  const events: AguiEvent[] = []
  const problems: Frames['problems'] = []
  const problem = (message: string): void => void problems.push({ message, event: events.length })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: isWhole, ignoreBOM: true }).decode(bytes)
  } catch {
    text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    problem('The stream is not UTF-8.')
  }
  if (text.startsWith('\uFEFF')) problem('The stream begins with a byte order mark.')
  if (text.includes('\r')) problem('Lines end with CR: clients split records at two LF only.')
  const records = text.replaceAll('\r\n', '\n').split('\n\n')
  const rest = records.pop() as string
  if (rest !== '' && isWhole) problem(`The stream ends within a record: ${JSON.stringify(rest.slice(-80))}`)
  for (const record of records) {
    const data: string[] = []
    for (const line of record.split('\n')) {
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
      else if (line !== '' && !/^(?::|(?:id|event|retry)(?::|$))/.test(line))
        problem(`A line is none of server-sent events: ${JSON.stringify(line.slice(0, 80))}`)
    }
    if (record.length > maxRecord) problem(`A record has ${record.length} characters; clients refuse more than 10 Mi.`)
    if (data.length === 0) continue
    let value: unknown
    try {
      value = JSON.parse(data.join('\n'))
    } catch {
      problem(`The data of a record is no JSON: ${JSON.stringify(data.join('\n').slice(0, 80))}`)
      continue
    }
    if (isEvent(value)) events.push(value)
    else problem(`The data of a record is no event: ${JSON.stringify(value).slice(0, 80)}`)
  }
  return { events, problems }
}

function isEvent(value: unknown): value is AguiEvent {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
