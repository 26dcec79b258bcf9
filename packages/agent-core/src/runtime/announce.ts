import type { RunEvent, StoredEvent } from '../event/run-event'
import { isActive } from '../model/task-state'
import type { TaskKey } from '../port/scope'
import { runStreamsPort } from '../port/services'
import type { SubmitInput } from './agent-runtime'
import type { RuntimeServices } from './options'

/** Tells whoever follows a task what a commit stored, `firstSeq` being the number of its first event. */
export function announce(
  services: RuntimeServices,
  key: TaskKey,
  events: readonly RunEvent[],
  firstSeq: number,
  onEvents?: SubmitInput['onEvents'],
): void {
  const streams = services.ports.find(runStreamsPort)
  const { deliveries } = services
  if (streams === undefined && onEvents === undefined && deliveries === undefined) return
  try {
    deliveries?.stored(key, events)
    if (streams === undefined && onEvents === undefined) return
    const stored: StoredEvent[] = events.map((event, index) => ({ seq: firstSeq + index, event }))
    onEvents?.(stored, key)
    streams?.publish(key, stored, endsRun(events))
  } catch (error) {
    // What was stored is stored: a follower that fails is no failure of the run.
    services.logger.log('error', 'A follower of a task failed.', { taskId: key.taskId, error: String(error) })
  }
}

/** Whether the run is over with these events: its task is over, or waits for somebody. */
function endsRun(events: readonly RunEvent[]): boolean {
  const last = events.findLast((event) => event.type === 'status')
  return last !== undefined && !isActive(last.status.state)
}
