import { transcript } from '../chat/transcript'
import { ArtifactCard } from '../parts/artifact'
import { Empty } from '../parts/notice'
import type { Session } from '../session/session'

/** The results of this conversation. */
export function ArtifactsPanel({ session }: { session: Session }) {
  const artifacts = transcript(session.messages.value).flatMap((entry) =>
    entry.kind === 'activity' && entry.type === 'a2a.artifact' ? [entry] : [],
  )
  if (artifacts.length === 0) {
    return (
      <Empty title="No artifacts">
        <p>Named results, data and files of the agent are shown here. Plain text is part of the conversation.</p>
      </Empty>
    )
  }
  return (
    <div class="stack">
      {artifacts.map(({ id, content }) => (
        <ArtifactCard key={id} artifact={content} />
      ))}
    </div>
  )
}
