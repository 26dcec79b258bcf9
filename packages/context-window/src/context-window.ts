import { bind, contextStrategyPort, defineFeature, type Needs } from '@pf-agents/agent-core'
import { createContextStrategy } from './fit/create-context-strategy'
import type { ContextStrategyOptions } from './fit/options'
import { readToolResult } from './results/read-result-tool'

/** Options of {@link contextWindow}. */
export type ContextWindowOptions = ContextStrategyOptions

/**
 * Keeps the prompts of the model loop within the window of their model; see {@link createContextStrategy}. Without this
 * feature, prompts are sent whole.
 *
 * @example
 * ```ts
 * const app = createApp(agent, [llmEngine(), contextWindow({ offload: true })])
 * ```
 */
export const contextWindow = (options: ContextWindowOptions = {}) => {
  const offloads = options.offload !== undefined && options.offload !== false
  const needs: Needs = { ...options.window?.needs, ...(offloads && { keyValue: true }) }
  return defineFeature({
    name: 'context-window',
    targets: ['node', 'wasm'],
    provides: [contextStrategyPort],
    needs,
    setup: () => ({
      ports: [bind(contextStrategyPort, createContextStrategy(options))],
      ...(offloads && { tools: [{ name: 'context-window', tools: () => [readToolResult()] }] }),
    }),
  })
}
