import { useMemo } from 'preact/hooks'

/** Longer texts are cut: nobody reads them, and the page has to draw them. */
const shownLength = 20_000

/** A value as JSON, indented. */
export function Json({ value, label }: { value: unknown; label: string }) {
  const text = useMemo(() => jsonText(value), [value])
  const isLong = text.length > shownLength
  return (
    <pre class="json" tabIndex={0} aria-label={label}>
      <code>{isLong ? `${text.slice(0, shownLength)}\n… (${text.length} characters)` : text}</code>
    </pre>
  )
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'undefined'
}
