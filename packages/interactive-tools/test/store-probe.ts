import {
  type AgentRuntime,
  bind,
  conversationPort,
  defineFeature,
  keyValuePort,
  type MemoryStores,
  outboxPort,
  runStorePort,
} from '@pf-agents/agent-core'

/** A feature that gives an app its stores, and hands out the runtime that the app makes: one call each. */
export function storeProbe(stores: MemoryStores) {
  let runtime: AgentRuntime | undefined
  const probe = defineFeature({
    name: 'probe',
    targets: ['node', 'wasm'],
    provides: [runStorePort, keyValuePort, conversationPort, outboxPort],
    setup: ({ agents }) => ({
      ports: [
        bind(runStorePort, stores.runStore),
        bind(keyValuePort, stores.keyValue),
        bind(conversationPort, stores.conversation),
        bind(outboxPort, stores.outbox),
      ],
      ready: () => {
        runtime = agents[0]?.runtime
      },
    }),
  })
  return { probe, live: () => runtime as AgentRuntime }
}
