import {
  type Agent,
  bind,
  clockPort,
  consoleLogger,
  defineFeature,
  keyValuePort,
  loggerPort,
  randomPort,
  systemClock,
  systemRandom,
  type RunContext,
  type Tool,
} from '@pf-agents/agent-core'
import { answerTimeoutsPort } from './answer-timeouts'
import { ask, type AskOptions } from './ask'
import { confirm, type ConfirmOptions } from './confirm'
import { KeptTimeouts } from './kept-timeouts'

/** Options of {@link interactiveTools}. */
export interface InteractiveToolsOptions {
  /** The tool `ask` for every model; `false` leaves it out. */
  ask?: AskOptions | false
  /** The tool `confirm` for every model; `false` leaves it out. */
  confirm?: ConfirmOptions | false
}

/**
 * Gives every agent's model the tools `ask` and `confirm`, unless the agent has tools or skills of these names, and on Node watches the time of questions that have a default,
 * through restarts where the key-value store lasts.
 *
 * @throws PfError PF_CONFIG_INVALID as {@link ask} and {@link confirm} do
 * @example
 * ```ts
 * const app = createApp(agent, [llmEngine(), interactiveTools({ confirm: { timeoutMs: 60_000, default: false } })])
 * ```
 */
export const interactiveTools = (options: InteractiveToolsOptions = {}) => {
  const tools: Tool[] = []
  if (options.ask !== false) tools.push(ask(options.ask) as Tool)
  if (options.confirm !== false) tools.push(confirm(options.confirm) as Tool)
  return defineFeature({
    name: 'interactive-tools',
    targets: ['node', 'wasm'],
    requires: [keyValuePort],
    optional: [clockPort, randomPort, loggerPort],
    setup({ ports, agents, target }) {
      const source = {
        name: 'interactive-tools',
        tools: ({ agent }: RunContext) => tools.filter(({ name }) => !hasOwn(agent, name)),
      }
      // A component is gone with its request: nobody would be there when the time is over.
      if (target !== 'node') return { tools: [source] }
      const logger = ports.find(loggerPort) ?? consoleLogger
      const timeouts = new KeptTimeouts({
        store: ports.get(keyValuePort),
        clock: ports.find(clockPort) ?? systemClock,
        random: ports.find(randomPort) ?? systemRandom,
        agents,
        log: (level, message, fields) => logger.log(level, message, fields),
      })
      return {
        ports: [bind(answerTimeoutsPort, timeouts)],
        tools: [source],
        middleware: [
          async (_request, _info, next) => {
            await timeouts.load()
            return next()
          },
        ],
        close: () => timeouts.close(),
      }
    },
  })
}

function hasOwn({ tools = [], skills }: Agent, name: string): boolean {
  return tools.some((tool) => tool.name === name) || skills.some(({ id }) => id === name)
}
