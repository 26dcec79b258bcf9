import { a2aServer } from '@pf-agents/a2a-server'
import { pushNotifications } from '@pf-agents/a2a-server/push'
import { definePreset } from '@pf-agents/app'
import { eventStream } from '@pf-agents/event-stream'

/**
 * Makes an app of an agent that talks to other agents, on Node: A2A 1.0 (and 0.3) over JSON-RPC and HTTP+JSON, with streams.
 *
 * | feature | |
 * |---|---|
 * | `a2a-server` | the protocol and the agent card |
 * | `event-stream` | streams, and subscriptions to tasks |
 * | `push` | push notifications; off until `features: { push: true }`, because they let callers name addresses to call |
 *
 * Tasks are kept in memory unless `storage` is given. Options beside `storage`, `features` and `add` are those of `createApp`.
 *
 * @throws UnsupportedOnTargetError where the preset, or a feature it is given, does not work on the target
 * @throws PfError PF_CONFIG_INVALID for a feature it does not have; PF_FEATURE_MISSING, PF_FEATURE_CONFLICT as `createApp`
 * @example
 * ```ts
 * const app = a2aAgent(agent, { storage: sqliteStorage({ file: 'agent.db' }), features: { push: true } })
 * await serve(app, { port: 3000 })
 * ```
 */
export const a2aAgent = definePreset({
  name: 'a2a-agent',
  targets: ['node'],
  unavailable: {
    reason: 'it streams, and works in the background',
    alternative: 'use spinAgent() from @pf-agents/spin-agent',
  },
  features: {
    'a2a-server': a2aServer,
    'event-stream': eventStream,
    push: { feature: pushNotifications, enabled: false },
  },
})
