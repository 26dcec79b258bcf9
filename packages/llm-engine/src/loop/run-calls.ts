import { PfError } from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import { askHooks, isBlock } from '../hooks/hooks'
import { callTool, type ReadyCall } from '../tool/call-tool'
import { bounded, type CallResult, failure } from '../tool/result-parts'
import { parseObject } from '../wire/json'
import { admitCall } from './admit-call'
import { keepSlots } from './call-slots'
import type { CallState, LoopState } from './loop-state'
import { checkLive, type Life, lookingContext, scopeOf } from './scope'
import type { LoopSetup } from './setup'

/**
 * Carries out the calls of the newest answer as far as they go: at once where they may, one at a time where they must.
 * What has a result is never touched again, and none is begun once the run is over or one of them has ended the loop.
 *
 * @returns what has to be answered before the rest can go on; empty where all are over
 * @throws PfError PF_BUDGET_EXCEEDED before anything runs, where the calls are too many
 */
export async function runCalls(setup: LoopSetup, state: LoopState): Promise<Question[]> {
  const questions: Question[] = []
  const ready: { call: CallState; made: ReadyCall }[] = []
  let fresh = 0
  for (const call of state.calls ?? []) {
    if (call.result !== undefined) continue
    checkLive(setup.context)
    const admission = await admitCall(setup, call)
    const waited = call.waits?.for
    delete call.waits
    if ('ask' in admission) {
      call.waits = { for: admission.waits, questions: [admission.ask.id] }
      questions.push(admission.ask)
    } else if ('result' in admission) {
      if (admission.isBad) call.bad = true
      const { result } = admission
      finish(setup, call, waited === 'client' ? await afterTool(setup, call, result) : result, true)
    } else {
      ready.push({ call, made: admission })
      if (waited !== 'tool') fresh++
    }
  }
  if (fresh > 0) {
    setup.context.budget.check({ toolCalls: fresh })
    setup.context.emit({ type: 'usage', usage: { toolCalls: fresh } })
  }
  const turn: Life = { isOver: false, outer: scopeOf(setup.context).life }
  const make = async ({ call, made }: (typeof ready)[number]): Promise<void> => {
    checkLive(setup.context)
    const isRepeatable = made.tool.repeatable === true
    if (!isRepeatable) tellResults(setup)
    const outcome = await callTool(setup, made, turn)
    if (Array.isArray(outcome)) {
      call.waits = { for: 'tool', questions: outcome.map(({ id }) => id) }
      keepSlots(call, outcome)
      // Loops that a handler runs at once wait together: each of them names the questions of all.
      questions.push(...outcome.filter(({ id }) => !questions.some((one) => one.id === id)))
    } else finish(setup, call, await afterTool(setup, call, outcome), isRepeatable)
  }
  const work = async (one: (typeof ready)[number]): Promise<void> => {
    try {
      if (!turn.isOver) await make(one)
    } catch (error) {
      turn.isOver = true
      throw error
    }
  }
  let batch: typeof ready = []
  for (const one of ready) {
    if (one.made.tool.parallel !== false) batch.push(one)
    else {
      await all(batch, work, setup.options.maxParallel)
      await work(one)
      batch = []
    }
  }
  await all(batch, work, setup.options.maxParallel)
  return inOrder(questions, state.calls ?? [])
}

/** Works through a list, so many at a time. */
async function all<T>(items: readonly T[], work: (item: T) => Promise<void>, most: number): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++] as T)
  }
  const count = Math.min(most, items.length)
  await (count === 1 ? worker() : Promise.all(Array.from({ length: count }, worker)))
}

/**
 * The call is over. Where somebody answered, and nothing has been done with it that would be done twice, the result is
 * told once the model has taken it: should that fail for a while, the question is asked again instead.
 */
function finish(setup: LoopSetup, call: CallState, result: CallResult, isRepeatable: boolean): void {
  const { context, options, untold } = setup
  call.result = bounded(result, options.maxResultLength)
  const { toolCallId } = call
  untold.push({ type: 'tool-result', toolCallId, ...call.result })
  if (!isRepeatable || context.answers.length === 0) tellResults(setup)
}

/** Tells the results that were kept back. */
export function tellResults({ context, untold }: LoopSetup): void {
  for (const event of untold.splice(0)) context.emit(event)
}

async function afterTool(
  { context, options: { hooks = [] } }: LoopSetup,
  { toolCallId, name, arguments: text }: CallState,
  result: CallResult,
): Promise<CallResult> {
  const verdict = await askHooks<{ parts: CallResult['parts']; isError?: boolean }>(hooks, (hook, rewrite) => {
    const { parts, isError } = rewrite ?? result
    return hook.afterTool?.({
      toolCallId,
      name,
      arguments: parseObject(text) ?? {},
      parts,
      isError: isError === true,
      context: lookingContext(context),
    }) as ReturnType<NonNullable<typeof hook.afterTool>> as never
  })
  if (verdict === undefined) return result
  if (isBlock(verdict)) return failure(`The result was withheld: ${verdict.block}`)
  return { parts: [...verdict.parts], ...(verdict.isError === true && { isError: true }) }
}

/** Questions in the order of their calls, whichever tool was the quicker. */
function inOrder(questions: readonly Question[], calls: readonly CallState[]): Question[] {
  const order = calls.flatMap(({ waits }) => waits?.questions ?? [])
  return [...questions].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
}

/** Counts turns with calls that could not be carried out. @throws PfError PF_TOOL_CALL_INVALID after too many in a row */
export function countRepairs(
  { options: { maxRepairs } }: LoopSetup,
  state: LoopState,
  bad: CallState | undefined,
): void {
  state.repairs = bad === undefined ? 0 : state.repairs + 1
  if (bad === undefined || state.repairs <= maxRepairs) return
  throw new PfError(
    'PF_TOOL_CALL_INVALID',
    `The model called "${bad.name}" in a way that can not be carried out, ${state.repairs} turns in a row.`,
    { details: { tool: bad.name, turns: state.repairs } },
  )
}
