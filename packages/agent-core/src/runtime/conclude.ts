import type { JsonObject } from '../model/json'
import type { Message } from '../model/message'
import { type Part, textOf } from '../model/part'
import { isTerminal, type TaskState } from '../model/task-state'
import type { Awaitable } from '../port/run-store'
import type { RunOutcome } from './agent-runtime'
import { chain } from './awaitable'
import type { Run } from './run'

/**
 * The last commit of a run: its status, the lease given back. What the status says joins history and conversation;
 * texts that were streamed join the conversation, so that the next turn knows what was said.
 */
export function concludeRun(
  run: Run,
  state: TaskState,
  message?: Message,
  remember?: JsonObject,
): Awaitable<RunOutcome> {
  const writer = run.promote()
  run.seal()
  for (const { artifactId, parts } of writer.task.artifacts) {
    if (run.hasStreamed(artifactId)) writer.converse(agentMessage(run, [{ text: textOf(parts) }], artifactId))
  }
  if (message !== undefined) writer.emit({ type: 'message', message })
  if (remember !== undefined) writer.remember(remember, agentMessage(run, [{ text: '' }]))
  if (isTerminal(state) && writer.facts.checkpoint !== undefined) writer.setFacts({ checkpoint: undefined })
  writer.emit({ type: 'status', status: { state, timestamp: run.timestamp(), ...(message && { message }) } })
  writer.end()
  return chain(writer.flush(), () => ({ task: writer.stored() }))
}

/** A message of the agent in the run's task. */
export function agentMessage(run: Run, parts: Part[], messageId = run.services.random.id()): Message {
  return { messageId, role: 'agent', parts, contextId: run.contextId, taskId: run.promote().key.taskId }
}
