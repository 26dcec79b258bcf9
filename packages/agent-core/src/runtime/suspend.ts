import { handlerCheckpoint } from '../engine/handler-engine'
import { PfError } from '../error/pf-error'
import type { Interrupt } from '../interrupt/interrupt'
import { defaultSlot, openInterrupts, reopenInterrupts } from '../interrupt/interrupt-list'
import type { Message } from '../model/message'
import type { Awaitable } from '../port/run-store'
import type { Reply } from '../reply/reply'
import { compileSchema } from '../schema/schema'
import type { RunOutcome } from './agent-runtime'
import { agentMessage, concludeRun } from './conclude'
import { promptParts } from './questions'
import { changeQuestions } from './questions-change'
import type { Run } from './run'

type Suspended = Reply & { reply: 'suspended' }

/** The last moment that a date can be (ECMA-262 §21.4.1.1). */
const latest = 8.64e15

/** Lets the task wait for answers: questions, checkpoint and state are one commit. */
export function suspendRun(run: Run, reply: Suspended): Awaitable<RunOutcome> {
  checkQuestions(reply.interrupts)
  const writer = run.promote()
  const asked = apart(
    reply.interrupts.map(({ timeoutMs, hasDefault, ...one }): Interrupt => {
      const id = one.id ?? run.services.random.id()
      if (timeoutMs === undefined) return { ...one, id, status: 'open' }
      const end = new Date(Math.min(run.services.clock.now() + timeoutMs, latest)).toISOString()
      return { ...one, id, status: 'open', ...(hasDefault ? { defaultAt: end } : { expiresAt: end }) }
    }),
  )
  for (const interrupt of asked) writer.emit({ type: 'interrupt-start', interrupt })
  writer.setFacts({
    interrupts: [...(writer.facts.interrupts ?? []), ...asked],
    checkpoint:
      reply.checkpoint ??
      handlerCheckpoint({
        isCalled: run.isCalled,
        ...(run.given !== undefined && { input: run.given }),
        ...(reply.takesCancelled && { takesCancelled: true }),
      }),
  })
  return concludeRun(run, reply.state, agentMessage(run, reply.parts ?? promptParts(asked)))
}

/** A resume that failed for a reason that may pass: the questions are open again, the task waits as before. */
export function reopenRun(run: Run, message: Message): Awaitable<RunOutcome> {
  const writer = run.promote()
  const before = writer.facts.interrupts ?? []
  const after = reopenInterrupts(before, new Set(run.answers.map((answer) => answer.interruptId)))
  changeQuestions(writer, after, run.remarks.length > 0 ? { remarks: [...run.remarks] } : {})
  return concludeRun(run, waitingState(after), {
    ...message,
    parts: [...message.parts, ...promptParts(openInterrupts(after))],
  })
}

/** The state of a task that waits for these questions. */
function waitingState(interrupts: readonly Interrupt[]): 'auth-required' | 'input-required' {
  return openInterrupts(interrupts).some((one) => one.kind === 'auth') ? 'auth-required' : 'input-required'
}

/** The questions, each with a slot of its own: those of tools side by side may have chosen the same. */
function apart(questions: readonly Interrupt[]): Interrupt[] {
  const taken = new Set<string>()
  return questions.map((one) => {
    if (one.slot === undefined) return one
    let slot = one.slot
    for (let count = 2; taken.has(slot); count++) slot = `${one.slot}_${count}`
    taken.add(slot)
    return slot === one.slot ? one : { ...one, slot }
  })
}

/** A question that can't be answered is a mistake of the handler, and is told while it is asked. */
function checkQuestions(questions: Suspended['interrupts']): void {
  if (questions.length === 0) throw invalid('A handler asked for input without a question.')
  const slots = new Set<string>()
  for (const { kind, slot = defaultSlot, schema, expiresAt, timeoutMs, toolCallId } of questions) {
    if (schema !== undefined) compileSchema(schema)
    if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt)))
      throw invalid(`A question expires at "${expiresAt}", which is no ISO 8601 time.`)
    if (timeoutMs !== undefined && !(timeoutMs > 0))
      throw invalid(`A question waits for ${String(timeoutMs)} ms, which is no time above 0.`)
    if (kind !== 'input' || toolCallId !== undefined) continue
    if (slots.has(slot)) throw invalid(`Two questions fill the slot "${slot}". Give each a slot of its own.`)
    slots.add(slot)
  }
}

function invalid(message: string): PfError {
  return new PfError('PF_CONFIG_INVALID', message)
}
