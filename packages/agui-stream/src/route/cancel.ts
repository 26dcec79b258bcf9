import { isTerminal, PfError, type RequestInfo } from '@pf-agents/agent-core'
import type { Service } from '../service'
import { Thread } from '../thread/thread'
import { runName } from './run'

/**
 * `POST …/threads/{threadId}/cancel` and `…/threads/{threadId}/runs/{runId}/cancel`: stops the run that is under way, or
 * the task that waits. Stopping again what was stopped is no error.
 *
 * @throws PfError PF_TASK_NOT_FOUND, PF_TASK_NOT_CANCELABLE
 */
export async function answerCancel(
  service: Service,
  info: RequestInfo,
  headers: Record<string, string>,
): Promise<Response> {
  const { threadId = '', runId } = info.params
  const { runtime } = service.agent(info)
  const { principal, tenant } = info
  const live = runId === undefined ? undefined : service.live.find(runName(info, threadId, runId))
  let taskId = live?.taskId
  if (taskId === undefined && live?.submission !== undefined) live.submission.cancel()
  else {
    if (taskId === undefined) {
      const { conversation } = service.parts
      const stored = await (await Thread.load({ threadId, tenant, principal, runtime, conversation })).newest()
      if (stored === undefined || (runId !== undefined && stored.facts.runId !== runId))
        throw new PfError('PF_TASK_NOT_FOUND', 'There is no such run for this caller.', { details: { threadId } })
      const { state } = stored.task.status
      if (isTerminal(state) && state !== 'canceled')
        throw new PfError('PF_TASK_NOT_CANCELABLE', undefined, { details: { threadId, state } })
      taskId = stored.task.id
    }
    await runtime.cancel(taskId, principal)
  }
  return Response.json(
    { threadId, ...(runId !== undefined && { runId }), ...(taskId !== undefined && { taskId }), status: 'cancelled' },
    { headers },
  )
}
