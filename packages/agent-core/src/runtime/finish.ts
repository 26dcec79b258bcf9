import { handlerCheckpointVersion, handlerEngine } from '../engine/handler-engine'
import type { HandlerEnd } from '../agent/skill'
import { PfError } from '../error/pf-error'
import type { Interrupt } from '../interrupt/interrupt'
import type { JsonValue } from '../model/json'
import type { Message } from '../model/message'
import { dataOf, type Part, textOf } from '../model/part'
import type { TaskState } from '../model/task-state'
import { type ArtifactInput, isReply, type Reply, reply as replies } from '../reply/reply'
import type { RunOutcome } from './agent-runtime'
import { failureMessage } from './failure'
import type { Run } from './run'
import type { TaskWriter } from './task-writer'

/** Turns how a handler ended into the run's outcome: a direct message, or the task with its last events stored. */
export async function finishRun(run: Run, end: HandlerEnd): Promise<RunOutcome> {
  const reply = asReply(end)
  const { parts, artifacts } = content(reply)
  await checkOutput(run, reply, parts, artifacts)
  if (reply.reply === 'message' && run.writer === undefined) return answerDirectly(run, reply)

  const writer = run.promote()
  switch (reply.reply) {
    case 'message':
      addArtifact(run, writer, { parts: reply.parts, ...(reply.metadata && { metadata: reply.metadata }) })
      return settle(run, 'completed')
    case 'completed':
      for (const artifact of reply.artifacts) addArtifact(run, writer, artifact)
      return settle(run, 'completed', reply.parts)
    case 'rejected':
    case 'failed':
      return settle(run, reply.reply, reply.parts)
    case 'suspended':
      return suspendRun(run, writer, reply)
  }
}

/** Ends the task as failed, telling the caller no more than it may know. */
export async function failRun(run: Run, error: unknown): Promise<RunOutcome> {
  const writer = run.promote()
  const message = failureMessage(error, { messageId: run.services.random.id(), taskId: writer.key.taskId, contextId: run.context.contextId })
  if (PfError.is(error) && error.retryable && run.answers.length > 0 && writer.lastSeq === run.resumedAt && writer.backlog === 0) return reopen(run, writer, message)
  return conclude(run, writer, 'failed', message)
}

/** Ends the task as canceled; a run that never became a task rejects. */
export async function cancelRun(run: Run): Promise<RunOutcome> {
  if (run.writer === undefined) throw new PfError('PF_RUN_CANCELED')
  closeInterrupts(run, run.writer, 'canceled')
  return conclude(run, run.writer, 'canceled')
}

function asReply(end: HandlerEnd): Reply {
  if (end === undefined) return replies.completed()
  if (typeof end === 'string') return replies.text(end)
  if (isReply(end)) return end
  throw new PfError('PF_CONFIG_INVALID', 'A handler must return a reply, a string, nothing, or an async iterable of events.')
}

function content(reply: Reply): { parts: readonly Part[]; artifacts: readonly ArtifactInput[] } {
  if (reply.reply === 'message') return { parts: reply.parts, artifacts: [] }
  return { parts: [], artifacts: reply.reply === 'completed' ? reply.artifacts : [] }
}

/** What a skill gives must match its output schema: its data, or its text where the schema takes a string. */
async function checkOutput(run: Run, reply: Reply, parts: readonly Part[], artifacts: readonly ArtifactInput[]): Promise<void> {
  const schema = run.skill && run.host.router.output(run.skill)
  if (schema === undefined || (reply.reply !== 'message' && reply.reply !== 'completed')) return
  const given: readonly Part[] = artifacts.length > 0 ? artifacts.flatMap((one) => one.parts) : parts
  const value: JsonValue | undefined = dataOf(given) ?? (schema.takesText && given.length > 0 ? textOf(given) : undefined)
  const result = await schema.check(value)
  if (result.issues === undefined) return
  const why = result.issues.map((issue) => `${issue.path || 'output'}: ${issue.message}`).slice(0, 5).join(' ')
  throw new PfError('PF_OUTPUT_INVALID', `The skill "${run.skill?.id}" gave output that does not match its schema: ${why}`)
}

async function answerDirectly(run: Run, reply: Reply & { reply: 'message' }): Promise<RunOutcome> {
  run.seal()
  const { contextId } = run.context
  const message: Message = { messageId: run.services.random.id(), role: 'agent', parts: reply.parts, contextId }
  if (reply.metadata !== undefined) message.metadata = reply.metadata
  const kept = run.services.conversation.append(run.scope, contextId, [run.message, message])
  if (kept instanceof Promise) await kept
  return { message }
}

function addArtifact(run: Run, writer: TaskWriter, artifact: ArtifactInput): void {
  writer.emit({ type: 'artifact', artifact: { artifactId: run.services.random.id(), ...artifact }, lastChunk: true })
}

function agentMessage(run: Run, writer: TaskWriter, parts: Part[]): Message {
  return { messageId: run.services.random.id(), role: 'agent', parts, contextId: run.context.contextId, taskId: writer.key.taskId }
}

function settle(run: Run, state: TaskState, parts?: Part[]): Promise<RunOutcome> {
  const writer = run.promote()
  return conclude(run, writer, state, parts && agentMessage(run, writer, parts))
}

/** The last commit of a run: its status, the lease given back. A message in the status joins history and conversation. */
async function conclude(run: Run, writer: TaskWriter, state: TaskState, message?: Message): Promise<RunOutcome> {
  run.seal()
  if (message !== undefined) {
    writer.emit({ type: 'message', message })
    writer.converse(message)
  }
  writer.emit({ type: 'status', status: { state, timestamp: run.timestamp(), ...(message && { message }) } })
  writer.release()
  const stored = writer.flush()
  if (stored instanceof Promise) await stored
  return { task: writer.stored() }
}

async function suspendRun(run: Run, writer: TaskWriter, reply: Reply & { reply: 'suspended' }): Promise<RunOutcome> {
  const interrupts: Interrupt[] = reply.interrupts.map((one) => ({ ...one, id: run.services.random.id(), status: 'open' }))
  for (const interrupt of interrupts) writer.emit({ type: 'interrupt-start', interrupt })
  writer.setFacts({
    interrupts: [...(writer.facts.interrupts ?? []), ...interrupts],
    skillId: run.skill?.id,
    checkpoint: reply.checkpoint ?? {
      engine: handlerEngine.name,
      schemaVersion: handlerCheckpointVersion,
      data: run.input === undefined ? {} : { input: run.input as JsonValue },
    },
  })
  const parts = reply.parts ?? interrupts.map((one) => ({ text: one.prompt }))
  return conclude(run, writer, reply.state, agentMessage(run, writer, parts))
}

/** A resume that failed for a reason that may pass: the questions are open again, the task waits as before. */
function reopen(run: Run, writer: TaskWriter, message: Message): Promise<RunOutcome> {
  const ids = new Set(run.answers.map((answer) => answer.interruptId))
  const interrupts = (writer.facts.interrupts ?? []).map((one): Interrupt => {
    if (!ids.has(one.id)) return one
    const { answer: _, ...rest } = one
    return { ...rest, status: 'open' }
  })
  for (const interrupt of interrupts) if (ids.has(interrupt.id)) writer.emit({ type: 'interrupt-start', interrupt })
  writer.setFacts({ interrupts })
  const auth = interrupts.some((one) => one.status === 'open' && one.kind === 'auth')
  return conclude(run, writer, auth ? 'auth-required' : 'input-required', message)
}

function closeInterrupts(run: Run, writer: TaskWriter, status: 'canceled'): void {
  const interrupts = writer.facts.interrupts
  if (!interrupts?.some((one) => one.status === 'open')) return
  for (const one of interrupts) if (one.status === 'open') writer.emit({ type: 'interrupt-end', interruptId: one.id, status })
  writer.setFacts({ interrupts: interrupts.map((one) => (one.status === 'open' ? { ...one, status } : one)) })
}
