import { PfError, type RequestInfo, type RunStore, type TaskCursor } from '@pf-agents/agent-core'
import { type TaskList, taskSummary } from './task-summary'

/** Tasks of one page of the list. */
const pageSize = 30

/** The caller's tasks, newest first: `?contextId=` those of one conversation, `?after=` the page behind another. */
export async function listTasks(store: RunStore, request: Request, info: RequestInfo): Promise<TaskList> {
  const query = new URL(request.url).searchParams
  const contextId = query.get('contextId')
  const after = cursorOf(query.get('after'))
  const { tasks, next, total } = await store.list({
    scope: { tenant: info.tenant, principalId: info.principal.id },
    pageSize,
    ...(contextId !== null && { contextId }),
    ...(after && { after }),
  })
  return { tasks: tasks.map(taskSummary), total, ...(next && { next: JSON.stringify(next) }) }
}

function cursorOf(text: string | null): TaskCursor | undefined {
  if (text === null) return undefined
  try {
    const { timestamp, taskId } = JSON.parse(text) as Partial<TaskCursor>
    if (typeof timestamp === 'string' && typeof taskId === 'string') return { timestamp, taskId }
  } catch {
    // Told below.
  }
  throw new PfError('PF_REQUEST_INVALID', '"after" is no cursor that a list gave.')
}
