import type { ModelCall } from '@pf-agents/agent-core'
import type { Target } from './own-prompt'

/** The call without `reasoning`, where the model is known not to think: it would refuse all of it. */
export function thinkingCall(
  { reasoning, ...others }: ModelCall,
  { modelId, profile }: Pick<Target, 'modelId' | 'profile'>,
  warnings: string[],
): ModelCall {
  if (!reasoning) return others
  if (profile.reasoning !== false) return { ...others, reasoning }
  if (reasoning.effort !== 'none') warnings.push(`${modelId} does not think: reasoning was left out. See its profile.`)
  return others
}
