import type { ModelStreamPart } from '@pf-agents/agent-core'
import type { LoopState } from './loop-state'

/** Gives calls ids that no other call of the run has: some servers begin to count anew with every answer. */
export class CallIds {
  readonly #used = new Set<string>()
  readonly #renamed = new Map<string, string>()

  constructor({ messages }: LoopState) {
    for (const message of messages) {
      if (message.role !== 'assistant') continue
      for (const part of message.content) if (part.type === 'tool-call') this.#used.add(part.toolCallId)
    }
  }

  /** The part with the id its call has in this run. */
  own(part: ModelStreamPart): ModelStreamPart {
    if (!('toolCallId' in part)) return part
    const { toolCallId } = part
    if (part.type === 'tool-call-start') {
      let id = toolCallId
      for (let count = 2; this.#used.has(id); count++) id = `${toolCallId}_${count}`
      this.#used.add(id)
      if (id !== toolCallId) this.#renamed.set(toolCallId, id)
      else this.#renamed.delete(toolCallId)
    }
    const id = this.#renamed.get(toolCallId)
    return id === undefined ? part : { ...part, toolCallId: id }
  }
}
