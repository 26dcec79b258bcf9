import { ArtifactCard } from '../parts/artifact'
import { Json } from '../parts/json'
import { PartView, type PartLike } from '../parts/part'

/** What an agent shows beside what it says. */
export function Activity({ type, content }: { type: string; content: Record<string, unknown> }) {
  if (type === 'a2a.artifact') return <ArtifactCard artifact={content} />
  const parts = Array.isArray(content['parts']) ? (content['parts'] as PartLike[]) : []
  if (type === 'a2a.status') {
    return (
      <div class="status-line" role="status">
        {parts.map((part, index) => (
          <PartView key={index} part={part} />
        ))}
      </div>
    )
  }
  if (type === 'a2a.parts') {
    return (
      <div class="parts">
        {parts.map((part, index) => (
          <PartView key={index} part={part} />
        ))}
      </div>
    )
  }
  return (
    <details class="fold">
      <summary>
        <span>
          Activity <code>{type}</code>
        </span>
      </summary>
      <Json value={content} label={`Activity ${type}`} />
    </details>
  )
}
