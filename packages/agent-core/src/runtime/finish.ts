import type { HandlerEnd } from '../agent/skill'
import { PfError } from '../error/pf-error'
import type { JsonValue } from '../model/json'
import type { Message } from '../model/message'
import { dataOf, type Part, textOf } from '../model/part'
import { llmPort } from '../port/llm'
import type { Awaitable } from '../port/run-store'
import { type ArtifactInput, isReply, type Reply } from '../reply/reply'
import type { RunOutcome } from './agent-runtime'
import { chain, isPromise } from './awaitable'
import { agentMessage, concludeRun } from './conclude'
import type { Run } from './run'
import { describeIssues } from './describe-issues'
import { suspendRun } from './suspend'

/** Turns how a handler ended into the run's outcome: a direct message, or the task with its last events stored. */
export function finishRun(run: Run, end: HandlerEnd): Awaitable<RunOutcome> {
  const reply = asReply(end)
  return chain(settleRequests(run, reply), () => chain(checkOutput(run, reply), () => answer(run, reply)))
}

/** What a handler that waits has asked models for beside its question is not done again with the answer. */
function settleRequests(run: Run, { reply }: Reply): Awaitable<void> {
  if (run.writer === undefined) return
  const left = run.services.ports.find(llmPort)?.settle?.(run.context, reply === 'suspended')
  return left && run.guard(left)
}

function answer(run: Run, reply: Reply): Awaitable<RunOutcome> {
  switch (reply.reply) {
    case 'message':
      if (run.writer === undefined) return answerDirectly(run, reply)
      addMessage(run, reply)
      return concludeRun(run, 'completed', undefined, reply.remember)
    case 'completed':
      for (const artifact of reply.artifacts) addArtifact(run, artifact)
      return concludeRun(run, 'completed', reply.parts && agentMessage(run, reply.parts), reply.remember)
    case 'rejected':
    case 'failed':
      return concludeRun(run, reply.reply, agentMessage(run, reply.parts))
    case 'suspended':
      return suspendRun(run, reply)
    default:
      throw noReply()
  }
}

function asReply(end: HandlerEnd): Reply {
  if (end === undefined) return { reply: 'completed', artifacts: [] }
  if (typeof end === 'string') return { reply: 'message', parts: [{ text: end }] }
  if (isReply(end)) return end
  throw noReply()
}

function noReply(): PfError {
  return new PfError(
    'PF_CONFIG_INVALID',
    'A handler must return a reply, a string, nothing, or an async iterable of events.',
  )
}

/** What a skill gives must match its output schema: its data, or its text where the schema takes a string. */
function checkOutput(run: Run, reply: Reply): Awaitable<void> {
  const schema = run.skill && run.host.router.output(run.skill)
  if (schema === undefined || (reply.reply !== 'message' && reply.reply !== 'completed')) return
  const given: Part[] = []
  for (const artifact of run.writer?.task.artifacts ?? []) given.push(...artifact.parts)
  if (reply.reply === 'message') given.push(...reply.parts)
  else for (const artifact of reply.artifacts) given.push(...artifact.parts)
  const data: JsonValue | undefined = dataOf(given)
  const checked = schema.check(data === undefined && schema.takesText && given.length > 0 ? textOf(given) : data)
  return chain(isPromise(checked) ? run.guard(checked) : checked, (result) => {
    if (result.issues === undefined) return
    throw new PfError(
      'PF_OUTPUT_INVALID',
      `The skill "${run.skill?.id}" gave output that does not match its schema: ${describeIssues(result.issues, 'output')}`,
    )
  })
}

function answerDirectly(run: Run, reply: Reply & { reply: 'message' }): Awaitable<RunOutcome> {
  checkParts(reply.parts, 'reply')
  run.seal()
  const { contextId } = run
  const message: Message = { messageId: run.services.random.id(), role: 'agent', parts: reply.parts, contextId }
  if (reply.metadata !== undefined) message.metadata = reply.metadata
  const kept = reply.remember ? { ...message, metadata: { ...message.metadata, ...reply.remember } } : message
  return chain(run.services.conversation.append(run.scope, contextId, [run.message, kept]), () => ({ message }))
}

/** A plain reply in a task is its result; in the conversation it is what the agent said. */
function addMessage(run: Run, reply: Reply & { reply: 'message' }): void {
  const message = agentMessage(run, reply.parts)
  if (reply.metadata !== undefined) message.metadata = reply.metadata
  addArtifact(run, {
    artifactId: message.messageId,
    parts: reply.parts,
    ...(reply.metadata && { metadata: reply.metadata }),
  })
  run.promote().converse(message)
}

function addArtifact(run: Run, artifact: ArtifactInput): void {
  checkParts(artifact.parts, 'artifact')
  const artifactId = artifact.artifactId ?? run.services.random.id()
  run.promote().emit({ type: 'artifact', artifact: { ...artifact, artifactId }, lastChunk: true })
}

function checkParts(parts: readonly Part[], what: string): void {
  if (!Array.isArray(parts) || parts.length === 0)
    throw new PfError('PF_CONFIG_INVALID', `A handler gave a ${what} without parts. Give it one part or more.`)
}
