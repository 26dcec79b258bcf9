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

/**
 * Adds two usages, field by field. What is no figure, or below nothing, or beyond all that can be, counts for nothing: a
 * sum of usage never shrinks, whatever somebody says that was used.
 */
export function addUsage<U extends object = Usage>(a: U, b: U): U {
  const sum = { ...a } as Record<string, number | undefined>
  for (const [key, value] of Object.entries(b) as [string, unknown][]) {
    if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) sum[key] = (sum[key] ?? 0) + value
  }
  return sum as U
}
