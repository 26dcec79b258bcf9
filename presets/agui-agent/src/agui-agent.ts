import { aguiStream } from '@pf-agents/agui-stream'
import { definePreset } from '@pf-agents/app'
import { eventStream } from '@pf-agents/event-stream'

/**
 * Makes an app of an agent that talks to people through a user interface, on Node: AG-UI 1.0, at `/agui`. A page uses it with
 * `new HttpAgent({ url: 'http://127.0.0.1:3000/agui' })` of `@ag-ui/client`, or with what is built on that.
 *
 * | feature | |
 * |---|---|
 * | `agui-stream` | the protocol; `{ cors: ['https://app.example.com'] }` for pages from elsewhere |
 * | `event-stream` | runs that can be followed, re-joined and replayed |
 *
 * Runs are kept in memory unless `storage` is given. Options beside `storage`, `features` and `add` are those of `createApp`.
 *
 * @throws UnsupportedOnTargetError where the preset, or a feature it is given, does not work on the target
 * @throws PfError PF_CONFIG_INVALID for a feature it does not have; PF_FEATURE_MISSING, PF_FEATURE_CONFLICT as `createApp`
 * @example
 * ```ts
 * const app = aguiAgent(agent, { features: { 'agui-stream': { onDisconnect: 'detach' } } })
 * await serve(app, { port: 3000 })
 * ```
 */
export const aguiAgent = definePreset({
  name: 'agui-agent',
  targets: ['node'],
  unavailable: {
    reason: 'it streams, and works in the background',
    alternative: 'use spinAgent() from @pf-agents/spin-agent, which speaks A2A',
  },
  features: {
    'agui-stream': aguiStream,
    'event-stream': eventStream,
  },
})
