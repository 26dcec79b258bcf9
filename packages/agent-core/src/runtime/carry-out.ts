import type { HandlerEnd, HandlerResult, Skill } from '../agent/skill'
import { checkSkillScopes, missingScopes } from '../agent/skill-scopes'
import { type AgentEngine, agentEnginePort } from '../engine/agent-engine'
import type { Checkpoint } from '../engine/checkpoint'
import { type HandlerCheckpoint, handlerEngine } from '../engine/handler-engine'
import { PfError } from '../error/pf-error'
import { slotsOf } from '../interrupt/interrupt-list'
import type { JsonValue } from '../model/json'
import { getOwn } from '../model/own-property'
import type { Awaitable } from '../port/run-store'
import { ThrownReply } from '../reply/thrown-reply'
import type { RunOutcome } from './agent-runtime'
import { chain, isPromise } from './awaitable'
import { consume, isAsyncIterable } from './consume'
import { failRun } from './fail'
import { finishRun } from './finish'
import { inputSlot, type Route } from './routing'
import type { Run } from './run'
import type { RunHost } from './run-host'

/**
 * Carries out a new message: route, call, reply. With `onStored` the run is a task from the start, and is told once
 * that task is stored.
 *
 * @throws PfError where nothing was begun: the message names a skill that the agent has not, or that the caller may not
 * use.
 */
export function startRun(run: Run, onStored?: () => void): Awaitable<RunOutcome> {
  const { router } = run.host
  const { message } = run.context
  const named = router.named(message)
  if (named?.to === 'skill') checkSkillScopes(named.skill, run.principal)
  return carry(run, () =>
    chain(onStored && storeFirst(run, onStored), () =>
      chain(named ?? router.route(message, run.context), (route) => call(run, route)),
    ),
  )
}

/** Goes on with a task whose questions were answered. */
export function resumeRun(run: Run, checkpoint: Checkpoint): Awaitable<RunOutcome> {
  return carry(run, () => resume(run, checkpoint))
}

/** The engine that goes on from a checkpoint. @throws PfError PF_ENGINE_MISSING */
export function engineOf(host: RunHost, checkpoint: Checkpoint): AgentEngine {
  return checkpoint.engine === handlerEngine.name ? handlerEngine : modelEngine(host, checkpoint.engine)
}

function storeFirst(run: Run, onStored: () => void): Awaitable<void> {
  return chain(run.promote().flush(), onStored)
}

function call(run: Run, route: Route): HandlerResult {
  const { agent } = run.host
  switch (route.to) {
    case 'skill':
      run.assign(route.skill)
      if (missingScopes(route.skill, run.principal).length > 0) {
        return { reply: 'rejected', parts: [{ text: notAllowed }] }
      }
      return callSkill(run, route.skill, run.host.router.given(route.skill, run.context.message))
    case 'agent':
      return handlerEngine.start({ agent, context: run.context })
    case 'engine':
      run.promote()
      return modelEngine(run.host).start({ agent, context: run.context })
    case 'reply':
      return route.reply
  }
}

/** Which skill was chosen is not the caller's business where it may not use it. */
const notAllowed = 'You lack a scope that this needs.'

/** Calls a skill with its checked input, or asks for an input that fits. */
function callSkill(run: Run, skill: Skill, given: JsonValue | undefined, checkpoint?: Checkpoint): HandlerResult {
  return chain(run.host.router.input(skill, given), (checked): HandlerResult => {
    if (checked.ask !== undefined) return checked.ask
    run.given = given
    run.isCalled = true
    const engineRun = { agent: run.host.agent, skill, input: checked.input, context: run.context }
    if (checkpoint !== undefined) return handlerEngine.resume(engineRun, checkpoint)
    if (skill.handler !== undefined) return handlerEngine.start(engineRun)
    run.promote()
    return modelEngine(run.host).start(engineRun)
  }) as HandlerResult
}

function resume(run: Run, checkpoint: Checkpoint): HandlerResult {
  const { agent } = run.host
  const { context, skill } = run
  const engine = engineOf(run.host, checkpoint)
  if (engine !== handlerEngine || skill === undefined)
    return engine.resume({ agent, ...(skill && { skill }), context }, checkpoint)
  const { isCalled, input } = checkpoint.data as HandlerCheckpoint
  if (isCalled) return callSkill(run, skill, input, checkpoint)
  return callSkill(
    run,
    skill,
    getOwn(slotsOf(run.writer?.facts.interrupts), inputSlot) ?? run.host.router.given(skill, context.message),
  )
}

function modelEngine(host: RunHost, name?: string): AgentEngine {
  const engine = host.services.ports.find(agentEnginePort)
  if (engine !== undefined && (name === undefined || engine.name === name)) return engine
  throw new PfError(
    'PF_ENGINE_MISSING',
    `No installed engine ${name ? `named "${name}" ` : ''}can carry out this run. Install @pf-agents/llm-engine.`,
  )
}

/** Runs what produces a reply and sees the run to its end, whichever it is. */
function carry(run: Run, produce: () => HandlerResult): Awaitable<RunOutcome> {
  let outcome: Awaitable<RunOutcome>
  try {
    const { deadline } = run.limits
    if (run.services.clock.now() >= deadline) run.abort.abort(run.limits.timeout())
    if (run.abort.reason !== undefined) throw run.abort.reason
    outcome = conclude(run, produce())
  } catch (error) {
    outcome = Promise.reject(error as Error)
  }
  if (isPromise(outcome)) return settle(run, outcome)
  run.close()
  return outcome
}

async function settle(run: Run, outcome: PromiseLike<RunOutcome>): Promise<RunOutcome> {
  try {
    return await outcome
  } catch (error) {
    return await (ThrownReply.is(error) ? finishThrown(run, error) : failRun(run, error))
  } finally {
    run.close()
  }
}

async function finishThrown(run: Run, { reply, whole }: ThrownReply): Promise<RunOutcome> {
  try {
    const end = whole === undefined ? reply : await run.guard(whole())
    if (run.abort.reason !== undefined) throw run.abort.reason
    return await finishRun(run, end)
  } catch (error) {
    return ThrownReply.is(error) ? finishThrown(run, error) : failRun(run, error)
  }
}

/** Waits for what a handler gave, within the run's deadline, and answers with it. */
function conclude(run: Run, given: HandlerResult): Awaitable<RunOutcome> {
  if (isPromise(given)) return run.guard(given as PromiseLike<HandlerEnd>).then((end) => conclude(run, end))
  if (isAsyncIterable(given)) return consume(run, given).then((end) => conclude(run, end))
  if (run.abort.reason !== undefined) throw run.abort.reason
  return finishRun(run, given as HandlerEnd)
}
