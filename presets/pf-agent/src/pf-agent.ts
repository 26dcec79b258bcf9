import { a2aServer } from '@pf-agents/a2a-server'
import { pushNotifications } from '@pf-agents/a2a-server/push'
import { aguiStream } from '@pf-agents/agui-stream'
import { definePreset } from '@pf-agents/app'
import { contextWindow } from '@pf-agents/context-window'
import { eventStream } from '@pf-agents/event-stream'
import { interactiveTools } from '@pf-agents/interactive-tools'
import { llmEngine } from '@pf-agents/llm-engine'

/**
 * Makes an app of an agent with everything, on Node: its model thinks, calls tools and asks people; agents talk to it over A2A
 * (1.0 and 0.3), people over AG-UI (1.0, at `/agui`). An agent without a model is served just as well.
 *
 * | feature | |
 * |---|---|
 * | `a2a-server` | A2A and the agent card |
 * | `agui-stream` | AG-UI; `{ cors: ['https://app.example.com'] }` for pages from elsewhere |
 * | `event-stream` | streams of both |
 * | `llm-engine` | the loop of model and tools, with approvals and budgets; `ctx.llm` |
 * | `context-window` | prompts that fit the model |
 * | `interactive-tools` | `ask` and `confirm`, for the model to ask people |
 * | `push` | push notifications of A2A; off until `features: { push: true }`, because they let callers name addresses to call |
 *
 * Tasks are kept in memory unless `storage` is given. Options beside `storage`, `features` and `add` are those of `createApp`.
 *
 * @throws UnsupportedOnTargetError where the preset, or a feature it is given, does not work on the target
 * @throws PfError PF_CONFIG_INVALID for a feature it does not have, or a tool that can not be shown to a model;
 * PF_FEATURE_MISSING, PF_FEATURE_CONFLICT as `createApp`
 * @example
 * ```ts
 * const app = pfAgent(agent, {
 *   storage: sqliteStorage({ file: 'agent.db' }),
 *   features: { 'llm-engine': { maxTurns: 10 } },
 * })
 * await serve(app, { port: 3000 })
 * ```
 */
export const pfAgent = definePreset({
  name: 'pf-agent',
  targets: ['node'],
  unavailable: {
    reason: 'it streams, and works in the background',
    alternative: 'use spinAgent() from @pf-agents/spin-agent, which speaks A2A',
  },
  features: {
    'a2a-server': a2aServer,
    'agui-stream': aguiStream,
    'event-stream': eventStream,
    'llm-engine': llmEngine,
    'context-window': contextWindow,
    'interactive-tools': interactiveTools,
    push: { feature: pushNotifications, enabled: false },
  },
})
