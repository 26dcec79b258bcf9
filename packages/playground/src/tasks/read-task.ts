import { PfError, type RequestInfo, type RunStore } from '@pf-agents/agent-core'
import { type TaskDetails, taskSummary } from './task-summary'

/** Events that are told at once; the page asks again for the rest. */
const eventLimit = 1000

/** One task of the caller with its events from `?from=` on, as the store numbered them. */
export async function readTask(store: RunStore, request: Request, info: RequestInfo): Promise<TaskDetails> {
  const key = { tenant: info.tenant, principalId: info.principal.id, taskId: info.params['taskId'] ?? '' }
  const from = fromOf(new URL(request.url).searchParams.get('from'))
  const stored = await store.load(key)
  if (stored === undefined) throw new PfError('PF_TASK_NOT_FOUND')
  const events = await store.read(key, from, eventLimit)
  return {
    ...taskSummary(stored),
    interrupts: stored.facts.interrupts ?? [],
    // Absent where the store keeps none.
    ...(events && { events }),
  }
}

function fromOf(text: string | null): number {
  if (text === null) return 1
  const from = Number(text)
  if (!Number.isSafeInteger(from) || from < 1)
    throw new PfError('PF_REQUEST_INVALID', '"from" is the number of an event.')
  return from
}
