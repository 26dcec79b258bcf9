import type { ModelStreamPart } from '@pf-agents/agent-core'
import type { LoopState } from './loop-state'
import { callIdsIn, type RunNames, takeName } from './run-names'

/**
 * Gives calls ids that no other call has: some servers begin to count anew with every answer. In the prompt an id is the
 * provider's own, unless this loop has it already; for everybody else it is one that no other loop of the task has given.
 */
export class CallIds {
  /** Ids in the prompt. */
  readonly #used: Set<string>
  readonly #names: RunNames
  /** From the provider's to those in the prompt, of the newest answer. */
  readonly #renamed = new Map<string, string>()
  /** From those in the prompt to those of the task, where they differ. */
  readonly #outer = new Map<string, string>()

  constructor(state: LoopState, names: RunNames) {
    const ids = callIdsIn(state)
    this.#used = new Set(ids)
    this.#names = names
    for (const id of ids) names.calls.add(id)
    for (const { toolCallId } of state.calls ?? []) names.calls.add(toolCallId)
  }

  /** The part with the id its call has in the prompt. */
  own(part: ModelStreamPart): ModelStreamPart {
    if (!('toolCallId' in part)) return part
    const { toolCallId } = part
    if (part.type === 'tool-call-start') {
      const id = takeName(this.#used, toolCallId)
      this.#renamed.set(toolCallId, id)
      const outer = takeName(this.#names.calls, id)
      if (outer !== id) this.#outer.set(id, outer)
    }
    const id = this.#renamed.get(toolCallId)
    return id === undefined || id === toolCallId ? part : { ...part, toolCallId: id }
  }

  /** What has an id of the prompt, with the one its call has in the task. */
  told<T extends object>(part: T): T {
    if (!('toolCallId' in part)) return part
    const toolCallId = this.outer(part.toolCallId as string)
    return toolCallId === part.toolCallId ? part : { ...part, toolCallId }
  }

  /** The id of the task for one of the prompt. */
  outer(id: string): string {
    return this.#outer.get(id) ?? id
  }
}
