import { Json } from '../parts/json'
import { Empty } from '../parts/notice'
import type { Session } from '../session/session'

/** The state that agent and page share. */
export function StatePanel({ session }: { session: Session }) {
  const state = session.state.value
  const isEmpty =
    state === undefined || state === null || (typeof state === 'object' && Object.keys(state).length === 0)
  if (isEmpty) {
    return (
      <Empty title="No shared state">
        <p>What an agent says with “state-snapshot” and “state-delta” is shown here as it changes.</p>
      </Empty>
    )
  }
  return <Json value={state} label="Shared state" />
}
