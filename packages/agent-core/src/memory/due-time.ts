import type { Interrupt } from '../interrupt/interrupt'
import { firstExpiry } from '../interrupt/interrupt-list'
import { isActive, isInterrupted, type TaskState } from '../model/task-state'
import type { Lease } from '../port/run-store'

/**
 * When a task is overdue (see `OverdueQuery`), for drivers: in milliseconds since 1970, 0 where it is so already, since
 * nobody holds a lease; `undefined` where it never will be.
 */
export function dueTime(
  state: TaskState,
  lease: Pick<Lease, 'expiresAt'> | undefined,
  interrupts: readonly Interrupt[] | undefined,
): number | undefined {
  if (isActive(state)) return lease?.expiresAt ?? 0
  return isInterrupted(state) ? firstExpiry(interrupts) : undefined
}
