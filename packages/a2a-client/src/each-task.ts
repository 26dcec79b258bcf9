import type { ListTasksRequest } from '@pf-agents/a2a-protocol'
import { PfError, type Task } from '@pf-agents/agent-core'
import type { A2AClient } from './client'
import type { CallOptions } from './options'

/** All tasks of a list, page after page. */
export async function* eachTask(
  client: Pick<A2AClient, 'listTasks'>,
  request: Omit<ListTasksRequest, 'tenant'> = {},
  options?: CallOptions,
): AsyncGenerator<Task, void, undefined> {
  const seen = new Set<string>()
  for (let { pageToken = '' } = request; ;) {
    const page = await client.listTasks(pageToken === '' ? request : { ...request, pageToken }, options)
    yield* page.tasks
    pageToken = page.nextPageToken
    if (pageToken === '') return
    // A peer that gives out a token a second time would keep its caller going round for ever.
    if (seen.has(pageToken)) throw new PfError('PF_REMOTE_RESPONSE', 'The agent gave the same page token twice.')
    seen.add(pageToken)
  }
}
