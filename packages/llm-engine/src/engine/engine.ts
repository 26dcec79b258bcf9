import {
  type Agent,
  type AgentEngine,
  type Checkpoint,
  clockPort,
  contextStrategyPort,
  type EngineRun,
  type LanguageModel,
  type Llm,
  type LlmRequest,
  type LlmService,
  type ModelMessage,
  type ModelSettings,
  PfError,
  randomPort,
  type Reply,
  type RunContext,
  type Schema,
  type Skill,
  systemClock,
  systemRandom,
  ThrownReply,
  type ToolCall,
  type ToolResult,
} from '@pf-agents/agent-core'
import { checkpointOf, engineName, type LoopState, newState, readState, stateVersion } from '../loop/loop-state'
import { defaults, type LoopOptions } from '../loop/options'
import { runLoop } from '../loop/run-loop'
import { keepCallIds } from '../loop/run-names'
import { type Scope, scopeOf } from '../loop/scope'
import type { LoopSetup } from '../loop/setup'
import { answerForm } from '../output/answer'
import { objectSchema } from '../output/object-schema'
import { conversationPrompt } from '../prompt/conversation-prompt'
import { promptParts } from '../prompt/prompt-parts'
import { addRemarks } from '../prompt/remarks'
import { turnsToRemember } from '../prompt/remembered-turns'
import { skillTools } from '../tool/skill-tools'
import { isTime, type Toolbox, Toolmaker, toolsOf } from '../tool/toolbox'
import { HandlerLlm } from './handler-llm'
import { placeOf } from './kept-loops'
import { keptRun } from './kept-run'
import { blockedReply, givenPart, waitingReply } from './replies'

/** Where a task's metadata says that an answer is not whole. */
export const finishMetadataKey = 'urn:pf-agents:model-finish'

/** Limits that may be 0. */
const mayBeNone: ReadonlySet<string> = new Set([
  'historyLimit',
  'maxRepairs',
  'maxRememberedLength',
  'maxRememberedFileLength',
  'maxClientContextLength',
])

/** What makes a setup, beside what the engine knows itself. */
interface SetupParts {
  context: RunContext
  model: LanguageModel | undefined
  instructions: string
  toolbox: Toolbox
  output: Schema | undefined
  isShown: boolean
  settings?: ModelSettings | undefined
  maxTurns?: number | undefined
}

/** The model loop as the engine of agents, and as `ctx.llm` of handlers. */
export class Engine implements AgentEngine, LlmService {
  readonly name = engineName
  readonly schemaVersion = stateVersion
  readonly #options: LoopSetup['options']
  readonly #toolmaker: Toolmaker
  readonly #llms = new WeakMap<Scope, HandlerLlm>()

  constructor(options: LoopOptions) {
    this.#options = { ...defaults, ...options }
    for (const name of Object.keys(defaults) as (keyof typeof defaults)[]) {
      const given: unknown = this.#options[name]
      if (typeof given !== 'number' || !(given >= (mayBeNone.has(name) ? 0 : 1)))
        throw new PfError(
          'PF_CONFIG_INVALID',
          `llmEngine(): ${name} must be a number${mayBeNone.has(name) ? '' : ' above 0'}.`,
        )
    }
    if (!isTime(this.#options.toolTimeoutMs))
      throw new PfError('PF_CONFIG_INVALID', 'llmEngine(): toolTimeoutMs must be milliseconds above 0.')
    const { hooks = [], stopWhen } = options
    if (!Array.isArray(hooks) || !hooks.every((one: unknown) => typeof one === 'object' && one !== null))
      throw new PfError('PF_CONFIG_INVALID', 'llmEngine(): hooks must be a list of objects.')
    if (stopWhen !== undefined && typeof stopWhen !== 'function')
      throw new PfError('PF_CONFIG_INVALID', 'llmEngine(): stopWhen must be a function.')
    this.#toolmaker = new Toolmaker((agent) => skillTools(agent, (...args) => this.#runSkill(...args)))
  }

  /** Makes an agent's tools ready, and looks whether its answers can be asked for. @throws PfError PF_CONFIG_INVALID */
  check(agent: Agent): void {
    const isAnswering = agent.model !== undefined && agent.onMessage === undefined
    const skills = isAnswering ? this.#toolmaker.skills(agent) : []
    this.#toolmaker.box([...toolsOf(agent), ...skills])
    if (agent.model === undefined) return
    const answering = agent.skills.filter(({ handler }) => handler === undefined)
    for (const { output } of isAnswering ? [agent, ...answering] : answering)
      if (output !== undefined) objectSchema(output, 'the output')
  }

  async start({ agent, skill, context }: EngineRun): Promise<Reply> {
    const setup = await this.#agentSetup(agent, skill, context)
    const messages = await conversationPrompt(setup)
    const own = { from: messages.length - 1, messageId: context.message.messageId }
    return answerTo(setup, newState(messages, own))
  }

  async resume({ agent, skill, context }: EngineRun, checkpoint: Checkpoint): Promise<Reply> {
    const state = readState(checkpoint)
    const setup = await this.#agentSetup(agent, skill, context)
    addRemarks(setup, state)
    return answerTo(setup, state)
  }

  for(context: RunContext): Llm {
    const scope = scopeOf(context)
    let llm = this.#llms.get(scope)
    if (llm === undefined) {
      llm = new HandlerLlm(context, (...args) => this.#handlerLoop(...args))
      this.#llms.set(scope, llm)
    }
    return llm
  }

  settle(context: RunContext, waits: boolean): Promise<void> | undefined {
    return this.#llms.get(scopeOf(context))?.settle(waits)
  }

  async #agentSetup(agent: Agent, skill: Skill | undefined, context: RunContext): Promise<LoopSetup> {
    // A skill that is carried out has the tools; that it may call skills would let it call itself.
    const toolbox = await this.#toolmaker.forAgent(agent, context, { skills: skill === undefined })
    return this.#setup({
      context,
      model: agent.model,
      instructions: instructionsOf(agent, skill),
      toolbox,
      output: skill === undefined ? agent.output : skill.output,
      isShown: true,
    })
  }

  /** The loop of a handler's request. */
  async #handlerLoop(
    context: RunContext,
    request: LlmRequest<Schema | undefined>,
  ): Promise<{ setup: LoopSetup; messages: readonly ModelMessage[] }> {
    const { agent, skill } = context
    const { prompt, tools, messages } = request
    const toolbox =
      tools === undefined
        ? await this.#toolmaker.forAgent(agent, context, { skills: false })
        : this.#toolmaker.box(tools)
    const setup = this.#setup({
      ...request,
      context,
      model: request.model ?? agent.model,
      instructions: request.instructions ?? instructionsOf(agent, skill),
      toolbox,
      output: request.output,
      isShown: request.stream === true,
    })
    if (messages !== undefined) return { setup, messages }
    if (prompt === undefined) return { setup, messages: await conversationPrompt(setup) }
    return { setup, messages: [asked(typeof prompt === 'string' ? [{ text: prompt }] : prompt)] }
  }

  #setup({ context, model, settings, maxTurns, output, ...rest }: SetupParts): LoopSetup {
    if (model === undefined)
      throw new PfError('PF_CONFIG_INVALID', 'There is no model: give the agent a model, or ctx.llm.run({ model }).')
    const options = maxTurns === undefined ? this.#options : { ...this.#options, maxTurns }
    return {
      ...rest,
      context,
      options,
      clock: context.services.find(clockPort) ?? systemClock,
      random: context.services.find(randomPort) ?? systemRandom,
      strategy: context.services.find(contextStrategyPort),
      model,
      answer: output && answerForm(output, model, rest.toolbox),
      settings: { ...options.settings, ...settings },
      untold: [],
      turnsBy: maxTurns === undefined ? 'llmEngine()' : 'ctx.llm.run()',
    }
  }

  /** A skill with instructions, called by the agent's own model: a loop within the loop. */
  async #runSkill(agent: Agent, skill: Skill, input: unknown, { context, toolCallId }: ToolCall): Promise<ToolResult> {
    const text = typeof input === 'string' ? input : JSON.stringify(input)
    const result = await keptRun(
      context,
      placeOf(context, { by: 'skill', name: toolCallId, shape: '', print: '' }),
      async () => {
        const toolbox = await this.#toolmaker.forAgent(agent, context, { skills: false })
        const setup = this.#setup({
          context,
          model: agent.model,
          instructions: instructionsOf(agent, skill),
          toolbox,
          output: skill.output,
          isShown: false,
        })
        return { setup, messages: [asked([{ text }])] }
      },
    )
    if ('questions' in result) throw new ThrownReply(waitingReply(result.questions))
    const { given = result.text, files } = result
    if (files === undefined) return given
    return { parts: given === '' ? files : [givenPart(given), ...files] }
  }
}

/** Runs the loop of an agent, and says how it ended. */
async function answerTo(setup: LoopSetup, state: LoopState): Promise<Reply> {
  const end = await runLoop(setup, state)
  if (end.end === 'waiting') {
    keepCallIds(setup.context, state)
    return waitingReply(end.questions, checkpointOf(state))
  }
  if (end.end === 'blocked') return blockedReply(end.reason)
  if (end.finish !== undefined) setup.context.emit({ type: 'metadata', metadata: { [finishMetadataKey]: end.finish } })
  // Text was told as it came: it is the task's artifact already.
  const given = end.answer?.given
  const remember = turnsToRemember(state, setup.options, given)
  return {
    ...(given === undefined ? { reply: 'completed', artifacts: [] } : { reply: 'message', parts: [givenPart(given)] }),
    ...(remember && { remember }),
  }
}

function instructionsOf(agent: Agent, skill: Skill | undefined): string {
  return [agent.instructions, skill?.instructions].filter(Boolean).join('\n\n')
}

function asked(parts: Parameters<typeof promptParts>[0]): ModelMessage {
  return { role: 'user', content: promptParts(parts) }
}
