import type { ContextRequest, ContextResult, ContextStrategy } from '@pf-agents/agent-core'
import { createFingerprints } from '../history/fingerprint'
import { splitHistory } from '../history/split'
import { readState, writeState } from '../state/fit-state'
import { loadSnapshot } from '../state/snapshot'
import { createTokenEstimator } from '../tokens/estimator'
import { createWeigher } from '../tokens/weigher'
import { slidingWindow } from '../window/sliding-window'
import { compact } from './compact'
import { Draft } from './draft'
import type { ContextStrategyOptions } from './options'
import { modelName, roomFor } from './room'

/**
 * Makes a strategy that keeps prompts within the window of their model. A prompt that fits is handed on as it is. One that
 * does not is cut once, well below what the window holds, and the cut stays until the room is used up again: so the front
 * of the prompt stays the same from call to call, and the caches of the providers hold.
 *
 * What stays whatever happens: standing orders at the front, pinned messages, the last message of the user, the newest
 * step; calls and their results together; pictures and files; the order.
 *
 * @throws PfError PF_MODEL_CONTEXT_LENGTH (from `fit`) where what has to stay is too long
 * @example
 * ```ts
 * const strategy = createContextStrategy({ window: priorityWindow(), target: 0.4 })
 * ```
 */
export function createContextStrategy(options: ContextStrategyOptions = {}): ContextStrategy {
  const weigher = createWeigher(options.counter ?? createTokenEstimator(), options.fileTokens)
  const fingerprints = createFingerprints()
  const window = options.window ?? slidingWindow()
  const name = `context-window/${window.name}`

  return {
    name,
    async fit(request: ContextRequest): Promise<ContextResult> {
      const state = readState(name, request.state)
      const history = splitHistory(request.messages)
      const room = roomFor(request, options, state, weigher)
      const draft = new Draft(history, weigher, fingerprints, options.pin)
      if (state.cut !== undefined) draft.apply(state.cut)
      if (state.short !== undefined) draft.restore(state.short)
      if (draft.tokens > room.tokens && draft.cut === undefined) {
        // A task that begins goes on with the cut of the one before it in this conversation.
        const cut = await loadSnapshot(request.context, name)
        if (cut !== undefined) draft.apply(cut)
      }
      if (draft.tokens > room.tokens || request.overflowed === true) {
        await compact({ draft, room, request, options, window, weigher, name })
      }
      const isWhole = draft.removed() === 0 && draft.cut === undefined && history.repaired === 0
      return {
        messages: isWhole ? request.messages : draft.messages(),
        removed: draft.removed() + history.repaired,
        state: writeState(name, {
          model: modelName(request),
          ratio: room.ratio,
          sent: draft.tokens + room.tools,
          ...(draft.cut !== undefined && { cut: draft.cut }),
          short: draft.short,
        }),
      }
    },
  }
}
