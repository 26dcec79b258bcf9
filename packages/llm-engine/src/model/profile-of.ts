import type { ModelProfile } from '@pf-agents/agent-core'

/** The profile of a model out of a table by the beginnings of names. */
export function profileOf(
  models: Readonly<Record<string, ModelProfile>> | undefined,
  modelId: string,
  own: ModelProfile | undefined,
): ModelProfile {
  let found: ModelProfile | undefined
  let length = -1
  for (const [prefix, profile] of Object.entries(models ?? {})) {
    if (modelId.startsWith(prefix) && prefix.length > length) {
      found = profile
      length = prefix.length
    }
  }
  return { ...found, ...own }
}
