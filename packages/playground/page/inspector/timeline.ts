import type { StoredEvent } from '../../src/tasks/task-summary'

/** One line of a timeline: an event, or pieces of one thing that came behind each other. */
export interface Row {
  seq: number
  /** The last event of the line. */
  untilSeq: number
  kind:
    | 'status'
    | 'text'
    | 'reasoning'
    | 'tool'
    | 'result'
    | 'question'
    | 'step'
    | 'artifact'
    | 'state'
    | 'usage'
    | 'message'
    | 'other'
  title: string
  /** What it said, as far as there is one text. */
  text?: string
  /** ISO 8601, where the event says it. */
  at?: string
  /** The state a task came to. */
  state?: string
  events: StoredEvent[]
}

/** Pieces that belong together, by what they are pieces of. */
function groupOf({ event }: StoredEvent): string | undefined {
  switch (event.type) {
    case 'text-start':
    case 'text-delta':
    case 'text-end':
      return `text ${event.messageId}`
    case 'reasoning-start':
    case 'reasoning-delta':
    case 'reasoning-end':
      return `reasoning ${event.messageId}`
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'tool-call-end':
      return `tool ${event.toolCallId}`
    case 'artifact':
      return `artifact ${event.artifact.artifactId}`
    default:
      return undefined
  }
}

/** Events as lines, in order. */
export function timeline(events: readonly StoredEvent[]): Row[] {
  const rows: Row[] = []
  let group: string | undefined
  for (const stored of events) {
    const own = groupOf(stored)
    const last = rows.at(-1)
    if (own !== undefined && own === group && last !== undefined) add(last, stored)
    else rows.push(rowOf(stored))
    group = own
  }
  return rows
}

function add(row: Row, stored: StoredEvent): void {
  row.untilSeq = stored.seq
  row.events.push(stored)
  const { event } = stored
  if ('delta' in event) row.text = (row.text ?? '') + event.delta
  if (event.type === 'artifact') row.text = (row.text ?? '') + textOf(event.artifact.parts)
}

const textOf = (parts: readonly { text?: string }[]): string => parts.map(({ text }) => text ?? '').join('')

function rowOf(stored: StoredEvent): Row {
  const { seq, event } = stored
  const row = (kind: Row['kind'], title: string, more: Partial<Row> = {}): Row => ({
    seq,
    untilSeq: seq,
    kind,
    title,
    events: [stored],
    ...more,
  })
  switch (event.type) {
    case 'status': {
      const { state, timestamp, message } = event.status
      return row('status', state.replace('-', ' '), {
        state,
        at: timestamp,
        ...(message && { text: textOf(message.parts) }),
      })
    }
    case 'text-start':
    case 'text-delta':
    case 'text-end':
      return row('text', 'Answer', { text: 'delta' in event ? event.delta : '' })
    case 'reasoning-start':
    case 'reasoning-delta':
    case 'reasoning-end':
      return row('reasoning', 'Reasoning', { text: 'delta' in event ? event.delta : '' })
    case 'tool-call-start':
      return row('tool', `Calls ${event.name}`, { text: '' })
    case 'tool-call-delta':
    case 'tool-call-end':
      return row('tool', 'Calls a tool, continued', { text: 'delta' in event ? event.delta : '' })
    case 'tool-result':
      return row('result', event.isError === true ? 'Tool failed' : 'Tool result', {
        text: event.parts
          .map((part) => part.text ?? ('data' in part ? JSON.stringify(part.data) : `(${part.mediaType ?? 'file'})`))
          .join('\n'),
      })
    case 'interrupt-start':
      return row('question', `Asks: ${event.interrupt.kind}`, { text: event.interrupt.prompt })
    case 'interrupt-end':
      return row('question', `Question ${event.status}`)
    case 'step-start':
      return row('step', `Step begins: ${event.name}`)
    case 'step-end':
      return row('step', `Step ends: ${event.name}`)
    case 'artifact':
      return row('artifact', `Artifact ${event.artifact.name ?? ''}`.trim(), { text: textOf(event.artifact.parts) })
    case 'state-snapshot':
      return row('state', 'State', { text: JSON.stringify(event.state) })
    case 'state-delta':
      return row('state', `State, ${event.patch.length} ${event.patch.length === 1 ? 'change' : 'changes'}`, {
        text: JSON.stringify(event.patch),
      })
    case 'usage':
      return row('usage', 'Usage', {
        text: Object.entries(event.usage)
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
      })
    case 'message':
      return row('message', event.message.role === 'user' ? 'User says' : 'Agent says', {
        text: textOf(event.message.parts),
      })
    case 'metadata':
      return row('other', 'Metadata', { text: JSON.stringify(event.metadata) })
    case 'custom':
      return row('other', `Custom ${event.name}`, { text: JSON.stringify(event.value) })
  }
}
