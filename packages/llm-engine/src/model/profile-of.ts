import type { ModelProfile } from '@pf-agents/agent-core'

/** The profile of a model out of a table by the beginnings of names. */
export function profileOf(
  models: Readonly<Record<string, ModelProfile>> | undefined,
  modelId: string,
  own?: ModelProfile,
): ModelProfile {
  let found: ModelProfile = {}
  let length = -1
  // A tuned one can what its model can, at other prices.
  const name = modelId.replace(/^ft:/, '')
  for (const [prefix, profile] of Object.entries(models ?? {})) {
    if (name.startsWith(prefix) && prefix.length > length) {
      found = profile
      length = prefix.length
    }
  }
  if (name !== modelId) {
    const { prices: _, ...abilities } = found
    found = abilities
  }
  return { ...found, ...own }
}
