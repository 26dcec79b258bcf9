import type { Session } from '../session/session'
import { Activity } from './activity'
import { Markdown } from './markdown'
import { Reasoning } from './reasoning'
import { ToolCall } from './tool-call'
import type { Entry } from './transcript'

/** One thing in the conversation. */
export function EntryView({ entry, session, isLast }: { entry: Entry; session: Session; isLast: boolean }) {
  const isLive = isLast && session.phase.value !== 'idle'
  const by = 'by' in entry && entry.by !== undefined ? (session.subagents.value.get(entry.by) ?? 'subagent') : undefined
  const from = by !== undefined && <p class="from">{by}</p>
  switch (entry.kind) {
    case 'user':
      return (
        <article class="entry user" aria-label="You">
          {entry.text === '' ? <em>(nothing said)</em> : entry.text}
          {entry.media.length > 0 && <small>{entry.media.length} attachments</small>}
        </article>
      )
    case 'assistant':
      return (
        <article class="entry assistant" aria-label={by ?? 'Agent'} aria-busy={isLive}>
          {from}
          {entry.text !== '' && <Markdown text={entry.text} />}
          {entry.calls.map((call) => (
            <ToolCall key={call.id} call={call} session={session} />
          ))}
        </article>
      )
    case 'reasoning':
      return (
        <article class="entry" aria-label="Reasoning">
          {from}
          <Reasoning text={entry.text} isLive={isLive} />
        </article>
      )
    case 'activity':
      return (
        <article class="entry" aria-label="Activity">
          {from}
          <Activity type={entry.type} content={entry.content} />
        </article>
      )
  }
}
