/** What a run has used. Every figure is a sum over the run. */
export interface Usage {
  /** Turns of the model loop. */
  turns?: number
  /** Tool calls made. */
  toolCalls?: number
  inputTokens?: number
  outputTokens?: number
  /** Money in US dollars. */
  costUsd?: number
}

/** Adds two usages, field by field. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Usage = { ...a }
  for (const [key, value] of Object.entries(b) as [keyof Usage, number | undefined][]) {
    if (value !== undefined) sum[key] = (sum[key] ?? 0) + value
  }
  return sum
}
