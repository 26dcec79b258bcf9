/** What a model thinks aloud: open while it does, folded behind. */
export function Reasoning({ text, isLive }: { text: string; isLive: boolean }) {
  return (
    <details class="fold reasoning" open={isLive}>
      <summary>{isLive ? 'Thinking …' : 'Thought'}</summary>
      <p>{text}</p>
    </details>
  )
}
