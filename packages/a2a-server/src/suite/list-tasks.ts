import { type Case, message, onBoth, refusals, stored } from './case'
import { equal, matches, ok } from './check'
import type { Json } from './client'

let contexts = 0

/** ListTasks (3.1.4). */
export const listTasksCases: Case[] = [
  ...onBoth('an empty list has all four members', ['CORE-LIST-004'], async (peer) => {
    const page = await peer.result('ListTasks', { contextId: `nobody-${Date.now()}` })
    equal(page, { tasks: [], nextPageToken: '', pageSize: 50, totalSize: 0 }, 'page')
  }),

  ...onBoth('parameters are checked', ['CORE-ERR-002'], async (peer) => {
    for (const [name, wrong] of [
      ['pageSize', 0],
      ['pageSize', 101],
      ['pageSize', 'many'],
      ['pageToken', '!!'],
      ['pageToken', btoa('[1,2]')],
      ['pageToken', btoa('["2026-01-01T00:00:00.000Z"]')],
      ['status', 'TASK_STATE_SLEEPING'],
      ['statusTimestampAfter', 'yesterday'],
      ['historyLength', -1],
      ['includeArtifacts', 'maybe'],
    ]) {
      const { error } = await peer.refused(refusals.invalidParams, 'ListTasks', { [name as string]: wrong })
      equal(error?.details.at(-1).fieldViolations[0].field, name, 'field')
    }
  }),

  ...stored([
    ...onBoth(
      'pages follow each other by a cursor, the newest first',
      ['CORE-LIST-002', 'CORE-LIST-003', 'CORE-LIST-004'],
      async (peer) => {
        const contextId = `pages-${Date.now()}-${++contexts}`
        const ids: string[] = []
        for (let count = 0; count < 5; count++) {
          ids.unshift((await peer.task('ask', { message: { contextId } })).id)
          await new Promise((resolve) => setTimeout(resolve, 3))
        }
        const first = await peer.result('ListTasks', { contextId, pageSize: 2 })
        equal(
          first.tasks.map((one: Json) => one.id),
          ids.slice(0, 2),
          'first page',
        )
        equal([first.pageSize, first.totalSize], [2, 5], 'sizes')
        ok(first.nextPageToken !== '', 'a next page')
        // The last task of the page moves to the top, and the next page goes on all the same.
        await peer.result('CancelTask', { id: ids[1] })
        const second = await peer.result('ListTasks', { contextId, pageSize: 2, pageToken: first.nextPageToken })
        equal(
          second.tasks.map((one: Json) => one.id),
          ids.slice(2, 4),
          'second page',
        )
        const third = await peer.result('ListTasks', { contextId, pageSize: 2, pageToken: second.nextPageToken })
        equal(
          third.tasks.map((one: Json) => one.id),
          ids.slice(4),
          'last page',
        )
        equal(third.nextPageToken, '', 'token of the last page')
        const again = await peer.result('ListTasks', { contextId })
        equal(again.tasks[0].id, ids[1], 'newest status')
      },
    ),

    ...onBoth('artifacts are left out unless they are asked for', ['CORE-LIST-005'], async (peer) => {
      const contextId = `artifacts-${Date.now()}-${++contexts}`
      await peer.task('task x', { message: { contextId } })
      await peer.task('ask', { message: { contextId } })
      for (const params of [{ contextId }, { contextId, includeArtifacts: false }]) {
        const { tasks } = await peer.result('ListTasks', params)
        ok(tasks.length === 2 && tasks.every((one: Json) => !('artifacts' in one)), 'no member "artifacts"')
      }
      const { tasks } = await peer.result('ListTasks', { contextId, includeArtifacts: true })
      const byState = new Map(tasks.map((one: Json) => [one.status.state, one.artifacts]))
      matches(byState.get('TASK_STATE_COMPLETED'), [{ parts: [{ text: 'x' }] }], 'artifacts')
      equal(byState.get('TASK_STATE_INPUT_REQUIRED'), [], 'no artifacts')
    }),

    ...onBoth(
      'lists are filtered, and cut to the history that is asked for',
      ['CORE-LIST-001', 'CORE-HIST-002'],
      async (peer) => {
        const contextId = `filters-${Date.now()}-${++contexts}`
        const done = await peer.task('task x', { message: { contextId } })
        await new Promise((resolve) => setTimeout(resolve, 5))
        const waiting = await peer.task('ask', { message: { contextId } })
        const idsOf = async (params: Json) =>
          (await peer.result('ListTasks', { contextId, ...params })).tasks.map((one: Json) => one.id)
        equal(await idsOf({ status: 'TASK_STATE_COMPLETED' }), [done.id], 'by state')
        equal(
          await idsOf({ statusTimestampAfter: waiting.status.timestamp }),
          [waiting.id],
          'by time, which is inclusive',
        )
        equal(await idsOf({ statusTimestampAfter: done.status.timestamp }), [waiting.id, done.id], 'by the older time')
        const { tasks } = await peer.result('ListTasks', { contextId, historyLength: 1 })
        ok(
          tasks.every((one: Json) => one.history.length === 1),
          'one message each',
        )
        const none = await peer.result('ListTasks', { contextId, historyLength: 0 })
        ok(
          none.tasks.every((one: Json) => !('history' in one)),
          'no history',
        )
      },
    ),

    ...onBoth('a listed task that waits tells its questions', ['CORE-LIST-001'], async (peer) => {
      const contextId = `questions-${Date.now()}-${++contexts}`
      const result = await peer.result('SendMessage', { message: message('ask', { contextId }) })
      const { tasks } = await peer.result('ListTasks', { contextId })
      equal(tasks[0].status, result.task.status, 'status')
    }),
  ]),
]
