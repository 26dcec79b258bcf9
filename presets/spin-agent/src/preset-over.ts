import { a2aServer } from '@pf-agents/a2a-server'
import { definePreset } from '@pf-agents/app'
import { contextWindow } from '@pf-agents/context-window'
import { interactiveTools } from '@pf-agents/interactive-tools'
import { llmEngine } from '@pf-agents/llm-engine'
// For its types alone: the module is there only where the host has a key-value store.
import type { spinStorage } from '@pf-agents/spin-storage'

/** The preset over the storage of the place it is built for; `undefined` where that is memory. */
export const presetOver = (storage: typeof spinStorage | undefined) =>
  definePreset({
    name: 'spin-agent',
    // What works in a component is what it is for; that it works on Node, too, serves tests and development.
    targets: ['wasm', 'node'],
    features: {
      'a2a-server': a2aServer,
      'llm-engine': llmEngine,
      'context-window': contextWindow,
      'interactive-tools': interactiveTools,
    },
    storage,
  })
