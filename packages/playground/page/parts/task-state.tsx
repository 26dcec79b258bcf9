import type { TaskState } from '../../src/tasks/task-summary'

const variants: Readonly<Record<string, string>> = {
  submitted: 'neutral',
  working: 'brand',
  'input-required': 'warning',
  'auth-required': 'warning',
  completed: 'success',
  canceled: 'neutral',
  failed: 'danger',
  rejected: 'danger',
}

/** A state as people say it. */
export const stateText = (state: TaskState): string => state.replace('-', ' ')

/** Where a task stands. */
export function StateBadge({ state }: { state: TaskState }) {
  return (
    <wa-badge variant={variants[state] ?? 'neutral'} appearance="filled" pill class="state-badge">
      {stateText(state)}
    </wa-badge>
  )
}
