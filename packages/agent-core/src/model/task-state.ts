/** The nine states of a task (A2A 1.0, TaskState). `unspecified` is never written, only read from peers. */
export type TaskState =
  | 'unspecified'
  | 'submitted'
  | 'working'
  | 'input-required'
  | 'auth-required'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'rejected'

/** States that a task never leaves. */
export type TerminalState = 'completed' | 'failed' | 'canceled' | 'rejected'

/** Whether a task in this state is over and can't change any more. */
export function isTerminal(state: TaskState): state is TerminalState {
  return state === 'completed' || state === 'failed' || state === 'canceled' || state === 'rejected'
}

/** Whether a task in this state waits for somebody outside: it holds no lease and takes a follow-up. */
export function isInterrupted(state: TaskState): state is 'input-required' | 'auth-required' {
  return state === 'input-required' || state === 'auth-required'
}

/** Whether a run is under way, so that the task must have a lease. */
export function isActive(state: TaskState): state is 'submitted' | 'working' {
  return state === 'submitted' || state === 'working'
}
