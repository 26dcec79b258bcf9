import type { Role, TaskState } from '@pf-agents/agent-core'
import { type Violations, violate } from '../json/violations'
import { isUnset } from '../json/read'
import type { WireRole } from '../wire/message'
import type { WireTaskState } from '../wire/task'

/** What each role is called on the wire. */
export const wireRoles: Record<Role, WireRole> = { user: 'ROLE_USER', agent: 'ROLE_AGENT' }

/** What each state is called on the wire, in the order of its numbers. */
export const wireTaskStates: Record<TaskState, WireTaskState> = {
  unspecified: 'TASK_STATE_UNSPECIFIED',
  submitted: 'TASK_STATE_SUBMITTED',
  working: 'TASK_STATE_WORKING',
  completed: 'TASK_STATE_COMPLETED',
  failed: 'TASK_STATE_FAILED',
  canceled: 'TASK_STATE_CANCELED',
  'input-required': 'TASK_STATE_INPUT_REQUIRED',
  rejected: 'TASK_STATE_REJECTED',
  'auth-required': 'TASK_STATE_AUTH_REQUIRED',
}

/** ProtoJSON readers take the number of an enum member beside its name. A Map, so that `constructor` is not a member. */
function membersOf<T extends string>(names: Record<T, string>, first: number): ReadonlyMap<unknown, T> {
  const members = new Map<unknown, T>()
  let number = first
  for (const name of Object.keys(names) as T[]) members.set(names[name], name).set(number++, name)
  return members
}

const roles = membersOf(wireRoles, 1)
const taskStates = membersOf(wireTaskStates, 0)

function requireMember<T>(members: ReadonlyMap<unknown, T>, value: unknown, field: string, out: Violations): T {
  const member = members.get(value)
  if (member === undefined) violate(out, field, isUnset(value) ? 'is required' : 'is not a member of its enum')
  return member as T
}

/** A role; ROLE_UNSPECIFIED is refused (§4.1.5). */
export function requireRole(value: unknown, field: string, out: Violations): Role {
  return requireMember(roles, value, field, out)
}

/** A task state. */
export function requireTaskState(value: unknown, field: string, out: Violations): TaskState {
  return requireMember(taskStates, value, field, out)
}
