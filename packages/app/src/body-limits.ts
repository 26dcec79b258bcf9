import type { Target } from '@pf-agents/agent-core'
import type { AppLimits } from './options'

/** What a request's body may have. */
export interface BodyLimits {
  readonly bodyBytes: number
  readonly jsonValues: number
}

/** A component has 64 MB and no compiler at run time: see docs/decisions/component-limits.md for what was measured. */
const defaults: Record<Target, BodyLimits> = {
  node: { bodyBytes: 4 * 1024 * 1024, jsonValues: 100_000 },
  wasm: { bodyBytes: 1024 * 1024, jsonValues: 20_000 },
}

/** The limits of an app that is served on a target. */
export function bodyLimitsOf(limits: AppLimits, target: Target): BodyLimits {
  return {
    bodyBytes: limits.bodyBytes ?? defaults[target].bodyBytes,
    jsonValues: limits.jsonValues ?? defaults[target].jsonValues,
  }
}
