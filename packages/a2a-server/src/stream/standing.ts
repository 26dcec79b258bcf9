import type { RunStore, StoredEvent, TaskKey, TaskStatus } from '@pf-agents/agent-core'

/** What whoever followed a task up to an event was told last. */
export interface Standing {
  /** The status, with what the agent said since; `undefined` before the first one. */
  status: TaskStatus | undefined
  /** The newest message of the history; `undefined` where there is none behind that status. */
  saidId: string | undefined
}

const pageSize = 1000
/** A status lies further back than this only in a run that wrote nothing but text for very long. */
const maxPages = 16

/** How a task was told to stand behind event `seq`; `undefined` where the store can not say so, or not soon enough. */
export async function standingAt(store: RunStore, key: TaskKey, seq: number): Promise<Standing | undefined> {
  let events: readonly StoredEvent[] = []
  for (let page = 0, end = seq; page < maxPages && end > 0; page++) {
    const from = Math.max(1, end - pageSize + 1)
    const read = await store.read(key, from, end - from + 1)
    if (read === undefined || read[0]?.seq !== from) return undefined
    events = [...read, ...events]
    const at = read.findLastIndex(({ event }) => event.type === 'status')
    if (at >= 0 || from === 1) return foldFrom(events.slice(Math.max(0, at)))
    end = from - 1
  }
  return undefined
}

/** Goes by the rules of the encoder: a message is told with the status as it stands, unless it was told already. */
function foldFrom(events: readonly StoredEvent[]): Standing {
  const standing: Standing = { status: undefined, saidId: undefined }
  for (const [at, { event }] of events.entries()) {
    if (event.type === 'status') standing.status = event.status
    if (event.type !== 'message') continue
    const { message } = event
    const next = events[at + 1]?.event
    const isWithNext = next?.type === 'status' && next.status.message?.messageId === message.messageId
    const isAgain = [standing.saidId, standing.status?.message?.messageId].includes(message.messageId)
    standing.saidId = message.messageId
    if (standing.status !== undefined && message.role === 'agent' && !isAgain && !isWithNext)
      standing.status = { ...standing.status, message }
  }
  return standing
}
