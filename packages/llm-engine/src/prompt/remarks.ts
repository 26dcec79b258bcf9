import type { ModelMessage } from '@pf-agents/agent-core'
import type { LoopState } from '../loop/loop-state'
import type { LoopSetup } from '../loop/setup'
import { clientContextPart } from './client-context'
import { promptParts } from './prompt-parts'

/**
 * What the user says beside the answers a loop goes on with, and what the client tells anew of the user's surroundings.
 * It joins the prompt behind the results of the calls that wait: a provider takes nothing between the two.
 */
export function addRemarks({ context, options }: LoopSetup, state: LoopState): void {
  const remarks = context.remarks.map(({ parts }): ModelMessage => ({ role: 'user', content: promptParts(parts) }))
  const told = clientContextPart(context, options.maxClientContextLength)
  if (told !== undefined && !hasText([...state.messages, ...(state.remarks ?? [])], told.text))
    remarks.push({ role: 'user', content: [told] })
  if (remarks.length === 0) return
  if (state.calls === undefined) state.messages.push(...remarks)
  else state.remarks = [...(state.remarks ?? []), ...remarks]
}

function hasText(messages: readonly ModelMessage[], text: string): boolean {
  return messages.some(
    ({ role, ...rest }) =>
      role === 'user' && 'content' in rest && rest.content.some((part) => part.type === 'text' && part.text === text),
  )
}
