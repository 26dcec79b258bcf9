import { a2aServer } from '@pf-agents/a2a-server'
import { pushNotifications } from '@pf-agents/a2a-server/push'
import { aguiStream } from '@pf-agents/agui-stream'
import { definePreset } from '@pf-agents/app'
import { eventStream } from '@pf-agents/event-stream'

/**
 * Makes an app of an agent that talks to agents over A2A (1.0 and 0.3) and to people over AG-UI (1.0, at `/agui`), on Node.
 * Both share runs: a client of one can watch, answer and cancel what the other started.
 *
 * | feature | |
 * |---|---|
 * | `a2a-server` | A2A and the agent card |
 * | `agui-stream` | AG-UI; `{ cors: ['https://app.example.com'] }` for pages from elsewhere |
 * | `event-stream` | streams of both |
 * | `push` | push notifications of A2A; off until `features: { push: true }`, because they let callers name addresses to call |
 *
 * Tasks are kept in memory unless `storage` is given. Options beside `storage`, `features` and `add` are those of `createApp`.
 *
 * @throws UnsupportedOnTargetError where the preset, or a feature it is given, does not work on the target
 * @throws PfError PF_CONFIG_INVALID for a feature it does not have; PF_FEATURE_MISSING, PF_FEATURE_CONFLICT as `createApp`
 * @example
 * ```ts
 * const app = dualAgent(agent, {
 *   storage: sqliteStorage({ file: 'agent.db' }),
 *   features: { 'agui-stream': { cors: ['https://app.example.com'] } },
 * })
 * await serve(app, { port: 3000 })
 * ```
 */
export const dualAgent = definePreset({
  name: 'dual-agent',
  targets: ['node'],
  unavailable: {
    reason: 'it streams, and works in the background',
    alternative: 'use spinAgent() from @pf-agents/spin-agent, which speaks A2A',
  },
  features: {
    'a2a-server': a2aServer,
    'agui-stream': aguiStream,
    'event-stream': eventStream,
    push: { feature: pushNotifications, enabled: false },
  },
})
