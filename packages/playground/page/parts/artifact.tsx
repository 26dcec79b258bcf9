import { type PartLike, PartView } from './part'

/** A result of a task. */
export function ArtifactCard({ artifact }: { artifact: Record<string, unknown> }) {
  const parts = joined(Array.isArray(artifact['parts']) ? (artifact['parts'] as PartLike[]) : [])
  const { name, artifactId, description } = artifact
  const title = [name, artifactId].find((one) => typeof one === 'string') ?? 'artifact'
  return (
    <div class="artifact" role="group" aria-label={`Artifact ${title}`}>
      <header>
        <span class="artifact-name">{title}</span>
        <wa-badge variant="neutral" appearance="outlined" pill>
          artifact
        </wa-badge>
      </header>
      {typeof description === 'string' && <p class="hint">{description}</p>}
      {parts.map((part, index) => (
        <PartView key={index} part={part} />
      ))}
    </div>
  )
}

/** Chunks of one text as one text. */
function joined(parts: readonly PartLike[]): PartLike[] {
  const all: PartLike[] = []
  for (const part of parts) {
    const last = all.at(-1)
    const isPlain = (one: PartLike | undefined): boolean =>
      one?.text !== undefined && one.mediaType === undefined && one.filename === undefined
    if (isPlain(last) && isPlain(part)) all[all.length - 1] = { text: `${last?.text}${part.text}` }
    else all.push(part)
  }
  return all
}
