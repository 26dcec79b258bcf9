import { encodeTask, type EncodeTaskOptions, type WireTask } from '@pf-agents/a2a-protocol'
import { isInterrupted, type StoredTask } from '@pf-agents/agent-core'
import { addInterrupts } from '../interrupt/interrupt-extension'

/** Writes a stored task; one that waits tells its open questions. */
export function encodeStoredTask(
  { task, facts }: Pick<StoredTask, 'task' | 'facts'>,
  options: EncodeTaskOptions,
): WireTask {
  const wire = encodeTask(task, options)
  if (isInterrupted(task.status.state)) addInterrupts(wire, facts.interrupts)
  return wire
}
