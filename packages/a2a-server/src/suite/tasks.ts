import { type Case, message, onBoth, refusals, stored } from './case'
import { equal, matches, ok } from './check'

/** GetTask (3.1.3), CancelTask (3.1.5), history (3.2.4). */
export const taskCases: Case[] = [
  ...onBoth(
    'tasks that do not exist look missing to every operation',
    ['CORE-GET-002', 'CORE-CANCEL-003', 'AUTH-SCOPE-003'],
    async (peer) => {
      for (const id of ['made-up', 'a:b:c', 'ä/ö ?#%', '..']) {
        if (id === '..' && peer.binding.name === 'HTTP+JSON') continue // no URL can say it
        const { error } = await peer.refused(refusals.taskNotFound, 'GetTask', { id })
        equal(error?.details[0].domain, 'a2a-protocol.org', 'domain')
        await peer.refused(refusals.taskNotFound, 'CancelTask', { id })
      }
    },
  ),

  ...stored([
    ...onBoth('GetTask gives the task as it stands', ['CORE-GET-001', 'CORE-HIST-004'], async (peer) => {
      const task = await peer.task('task Rome')
      equal(await peer.result('GetTask', { id: task.id }), task, 'task')
    }),

    ...onBoth(
      'history keeps every message, in order, as it was said',
      ['CORE-HIST-002', 'CORE-HIST-005', 'CORE-HIST-006', 'CORE-HIST-001', 'CORE-HIST-003'],
      async (peer) => {
        const asked = await peer.task('ask', { message: { messageId: 'same' } })
        await peer.result('SendMessage', { message: message('X', { taskId: asked.id, messageId: 'same' }) })
        const answer = { message: message('Rome', { taskId: asked.id }), configuration: { historyLength: 2 } }
        const { task } = await peer.result('SendMessage', answer)
        equal(task.history.length, 2, 'messages with a history length of 2')
        const all = await peer.result('GetTask', { id: asked.id })
        const said = all.history.map((one: { parts: [{ text: string }] }) => one.parts[0].text)
        equal([said[0], said[1], said[2], said.at(-1)], ['ask', 'Which city?', 'X', 'Rome'], 'what was said')
        equal(task.history, all.history.slice(-2), 'the newest two')
        ok(!('history' in (await peer.result('GetTask', { id: asked.id, historyLength: 0 }))), 'no history at all')
        equal(
          (await peer.result('GetTask', { id: asked.id, historyLength: 1 })).history,
          all.history.slice(-1),
          'the newest one',
        )
        equal((await peer.result('GetTask', { id: asked.id, historyLength: 1000 })).history, all.history, 'all of it')
        const none = await peer.result('SendMessage', {
          message: message('task x'),
          configuration: { historyLength: 0 },
        })
        ok(!('history' in none.task), 'no history in the answer to a message')
        for (const wrong of [-1, 1.5, 'x'])
          await peer.refused(refusals.invalidParams, 'GetTask', { id: asked.id, historyLength: wrong })
      },
    ),

    ...onBoth('CancelTask ends a task that waits; again, it is the same', ['CORE-CANCEL-001'], async (peer) => {
      const { id } = await peer.task('ask')
      const canceled = await peer.result('CancelTask', { id })
      matches(canceled, { id, status: { state: 'TASK_STATE_CANCELED' } }, 'task')
      equal(await peer.result('CancelTask', { id }), canceled, 'canceled twice')
      equal(await peer.result('GetTask', { id }), canceled, 'task as it is read')
      await peer.refused(refusals.unsupported, 'SendMessage', { message: message('Rome', { taskId: id }) })
    }),

    ...onBoth('CancelTask ends a run that is under way', ['CORE-CANCEL-001'], async (peer) => {
      const { id } = await peer.task('wait 60000', { configuration: { returnImmediately: true } })
      const before = Date.now()
      equal((await peer.result('CancelTask', { id })).status.state, 'TASK_STATE_CANCELED', 'state')
      ok(Date.now() - before < 5000, 'the cancel not to wait for the run')
    }),

    ...onBoth(
      'a blocking message is answered when its task is canceled from elsewhere',
      ['CORE-CANCEL-001', 'CORE-EXECUTION-MODE-001'],
      async (peer) => {
        const contextId = `cancel-${peer.binding.name}-${Date.now()}`
        const pending = peer.task('wait 60000', { message: { contextId } })
        let listed = await peer.result('ListTasks', { contextId })
        for (let tries = 0; tries < 100 && listed.tasks.length === 0; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          listed = await peer.result('ListTasks', { contextId })
        }
        await peer.result('CancelTask', { id: listed.tasks[0].id })
        equal((await pending).status.state, 'TASK_STATE_CANCELED', 'state')
      },
    ),

    ...onBoth('CancelTask refuses what is over', ['CORE-CANCEL-002'], async (peer) => {
      for (const text of ['task x', 'reject', 'fail']) {
        const { id } = await peer.task(text)
        await peer.refused(refusals.notCancelable, 'CancelTask', { id })
      }
    }),
  ]),
]
