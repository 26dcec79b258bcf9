import {
  type ContextStrategy,
  type ModelAssistantMessage,
  type ModelAssistantPart,
  type ModelCall,
  type ModelMessage,
  type ModelStreamPart,
  type ModelTool,
  PfError,
} from '@pf-agents/agent-core'
import { askHooks, type Block, isBlock } from '../hooks/hooks'
import { createReplyCollector, type ModelReply } from '../reply/reply'
import { PartStream } from '../model/part-stream'
import type { CallIds } from './call-ids'
import { addModelUsage, type LoopState } from './loop-state'
import { answerLimit } from './answer-limit'
import { Meter } from './meter'
import { withCacheMarks } from './cache-marks'
import { tellResults } from './run-calls'
import { lookingContext } from './scope'
import type { LoopSetup } from './setup'
import { TurnEvents } from './turn-events'
import { defined } from '../wire/json'

/** Parts after which the store is waited for where it lags behind, so that events do not pile up. */
const roomEvery = 256

/** Calls the model once and tells what it says. The state has the usage; what is said is the caller's to add. */
export async function takeTurn(setup: LoopSetup, state: LoopState, ids: CallIds): Promise<ModelReply | Block> {
  let meter = beginTurn(setup, state)
  try {
    const tools = shownTools(setup)
    const prompt = await checkedPrompt(setup, state, tools)
    if ('block' in prompt) return prompt
    const { strategy } = setup
    const fitted = strategy === undefined ? prompt.messages : await fit(strategy, setup, state, prompt.messages, tools)
    try {
      return await ask(setup, state, ids, modelCall(setup, state, fitted, tools, meter), meter)
    } catch (error) {
      if (strategy === undefined || !PfError.is(error, 'PF_MODEL_CONTEXT_LENGTH')) throw error
      // The provider counts differently: once more, shorter.
      const shorter = await fit(strategy, setup, state, prompt.messages, tools, true)
      meter = beginTurn(setup, state)
      return await ask(setup, state, ids, modelCall(setup, state, shorter, tools, meter), meter)
    }
  } finally {
    meter.close()
  }
}

/** Takes a turn out of what is left, from now on. @throws PfError PF_BUDGET_EXCEEDED */
function beginTurn(setup: LoopSetup, state: LoopState): Meter {
  const { maxTurns } = setup.options
  if (state.turns < maxTurns) return new Meter(setup)
  throw new PfError(
    'PF_BUDGET_EXCEEDED',
    `The model came to no end within ${maxTurns} turns. Raise maxTurns of ${setup.turnsBy}, or make the task smaller.`,
    { details: { limit: 'maxTurns', allowed: maxTurns, used: state.turns + 1 } },
  )
}

function shownTools({ toolbox, answer }: LoopSetup): readonly ModelTool[] {
  return answer?.mode === 'tool' ? [...toolbox.shown, answer.tool] : toolbox.shown
}

async function checkedPrompt(
  { instructions, answer, context, options: { hooks = [] } }: LoopSetup,
  state: LoopState,
  tools: readonly ModelTool[],
): Promise<{ messages: readonly ModelMessage[] } | Block> {
  const text = [instructions, answer?.order].filter(Boolean).join('\n\n')
  const messages: ModelMessage[] = text === '' ? state.messages : [{ role: 'system', text }, ...state.messages]
  const verdict = await askHooks<{ messages: readonly ModelMessage[] }>(hooks, (hook, rewrite) =>
    hook.beforeModel?.({
      messages: rewrite?.messages ?? messages,
      tools,
      turns: state.turns,
      context: lookingContext(context),
    }),
  )
  return verdict ?? { messages }
}

async function fit(
  strategy: ContextStrategy,
  { model, context, settings: { maxOutputTokens } }: LoopSetup,
  state: LoopState,
  messages: readonly ModelMessage[],
  tools: readonly ModelTool[],
  overflowed = false,
): Promise<readonly ModelMessage[]> {
  const { lastUsage, strategy: before } = state
  const result: Awaited<ReturnType<ContextStrategy['fit']>> = await strategy.fit({
    messages,
    tools,
    model,
    context,
    ...defined({ maxOutputTokens, lastUsage, state: before }),
    ...(overflowed && { overflowed }),
  })
  if (result.state !== undefined) state.strategy = result.state
  if (result.removed > 0)
    context.log('info', 'The prompt was shortened.', { by: strategy.name, removed: result.removed })
  return result.messages
}

function modelCall(
  { context, clock, random, model, answer, settings, options: { cache } }: LoopSetup,
  state: LoopState,
  messages: readonly ModelMessage[],
  tools: readonly ModelTool[],
  meter: Meter,
): ModelCall {
  const { toolChoice, maxOutputTokens, ...rest } = settings
  const most = answerLimit(context.budget, model.profile, maxOutputTokens, meter.beside())
  // Who must call a tool every time never comes to an end: force holds for the first turn.
  const isForced = toolChoice === 'required' || (typeof toolChoice === 'object' && 'tool' in toolChoice)
  const choice = isForced && state.turns > 0 ? undefined : toolChoice
  return {
    ...rest,
    messages: cache ? withCacheMarks(messages, cache) : messages,
    ...(tools.length > 0 && defined({ tools, toolChoice: choice })),
    ...(answer?.mode === 'native' && { output: { schema: answer.schema.shown } }),
    ...defined({ maxOutputTokens: most }),
    signal: context.signal,
    host: {
      fetch: meter.fetch,
      variables: { get: (name) => context.secret({ secret: name, optional: true }) },
      clock,
      random,
    },
  }
}

async function ask(
  setup: LoopSetup,
  state: LoopState,
  ids: CallIds,
  call: ModelCall,
  meter: Meter,
): Promise<ModelReply | Block> {
  const { answer, options } = setup
  const isHeld = options.hooks?.some((hook) => hook.afterModel !== undefined) === true
  const events = new TurnEvents(setup, {
    step: `turn-${++state.turns}`,
    isShown: setup.isShown && answer === undefined,
    hasFiles: setup.isShown,
    isHeld,
    hidden: answer?.mode === 'tool' ? answer.tool.name : undefined,
  })
  try {
    const reply = await listenTo(setup, state, ids, call, events, meter)
    return isHeld ? await checkedReply(setup, reply, ids, events) : reply
  } finally {
    events.close()
  }
}

async function listenTo(
  setup: LoopSetup,
  state: LoopState,
  ids: CallIds,
  call: ModelCall,
  events: TurnEvents,
  meter: Meter,
): Promise<ModelReply> {
  const collector = createReplyCollector()
  let reply: ModelReply | undefined
  const settle = (error?: unknown): void => {
    if (!meter.close()) return
    reply = collector.reply()
    const used = meter.usageOf(reply, error)
    addModelUsage(state, used)
    meter.settle(used, reply.response === undefined && PfError.is(error) && error.retryable)
  }
  // Once an aborted run has ended, nothing is counted any more.
  events.onAbort = (): void => {
    try {
      settle()
    } catch (error) {
      if (!PfError.is(error, 'PF_BUDGET_EXCEEDED')) throw error
    }
  }
  meter.ask(call)
  try {
    await listen(setup, setup.model.stream(call), (raw) => {
      const part = ids.own(raw)
      if (part.type === 'response-start' && part.warnings?.length > 0)
        setup.context.log('warn', 'The model was not asked all as it was meant.', { warnings: part.warnings })
      if ('delta' in part || part.type === 'tool-call-start' || part.type === 'finish') tellResults(setup)
      events.add(ids.told(part))
      collector.add(part)
      meter.add(part)
    })
  } catch (error) {
    events.end()
    settle(error)
    throw error
  }
  events.end()
  settle()
  return reply ?? collector.reply()
}

/** The answer as the hooks let it pass. */
async function checkedReply(
  { context, options: { hooks = [] } }: LoopSetup,
  reply: ModelReply,
  ids: CallIds,
  events: TurnEvents,
): Promise<ModelReply | Block> {
  const { text, files, message, toolCalls, finish, usage } = reply
  const reasoning = message.content.map((part) => (part.type === 'reasoning' ? part.text : '')).join('')
  const verdict = await askHooks<{ text: string; reasoning?: string }>(hooks, (hook, rewrite) =>
    hook.afterModel?.({
      text: rewrite?.text ?? text,
      reasoning: rewrite === undefined ? reasoning : (rewrite.reasoning ?? ''),
      files,
      toolCalls: toolCalls.map((call) => ids.told(call)),
      finish,
      usage,
      context: lookingContext(context),
    }),
  )
  if (isBlock(verdict)) return verdict
  if (verdict === undefined) {
    events.release()
    return reply
  }
  events.release({ text: verdict.text, reasoning: verdict.reasoning ?? '' })
  return { ...reply, text: verdict.text, message: withText(message, verdict.text) }
}

/** Reads an answer. One whose call has more arguments than allowed is read no further. */
async function listen(
  { context, options: { maxArgumentsLength } }: LoopSetup,
  stream: AsyncIterable<ModelStreamPart>,
  take: (part: ModelStreamPart) => void,
): Promise<void> {
  const lengths = new Map<string, number>()
  let sinceRoom = 0
  for await (const first of stream) {
    let part: ModelStreamPart | undefined = first
    for (; part !== undefined; part = stream instanceof PartStream ? stream.ready() : undefined) {
      take(part)
      if (part.type === 'tool-call-delta') {
        const length = (lengths.get(part.toolCallId) ?? 0) + part.delta.length
        lengths.set(part.toolCallId, length)
        if (length > maxArgumentsLength) return
      }
      if (++sinceRoom < roomEvery) continue
      sinceRoom = 0
      await context.room()
    }
  }
}

/** The message with another text: its thoughts and calls stay. */
function withText(message: ModelAssistantMessage, text: string): ModelAssistantMessage {
  const others: ModelAssistantPart[] = message.content.filter((part) => part.type !== 'text')
  const calls = others.findIndex((part) => part.type === 'tool-call')
  const at = calls < 0 ? others.length : calls
  return { ...message, content: text === '' ? others : others.toSpliced(at, 0, { type: 'text', text }) }
}
