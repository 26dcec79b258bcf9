import { type Case, message, onBoth, type Peer, refusals, stored } from './case'
import { equal, matches, ok } from './check'
import type { Json } from './client'

const uri = 'urn:pf-agents:a2a:interrupt:v1'

async function follow(peer: Peer, task: Json, parts: Json, more: Json = {}): Promise<Json> {
  return (await peer.result('SendMessage', { message: message('', { taskId: task.id, parts, ...more }) })).task
}

/** Tasks that wait: input required, several questions, in-task authorisation (7.6), our interrupt extension. */
export const followUpCases: Case[] = [
  ...onBoth(
    'a task that waits says what for, in words and by the extension',
    ['CORE-EXECUTION-MODE-001'],
    async (peer) => {
      const { status } = await peer.task('ask')
      equal(status.state, 'TASK_STATE_INPUT_REQUIRED', 'state')
      matches(status.message, { role: 'ROLE_AGENT', parts: [{ text: 'Which city?' }], extensions: [uri] }, 'message')
      const [interrupt, ...others] = status.message.metadata[uri].interrupts
      equal(others, [], 'other questions')
      matches(
        interrupt,
        { id: /./, kind: 'input', prompt: 'Which city?', slot: 'city', schema: { type: 'string', minLength: 2 } },
        'question',
      )
    },
  ),

  ...stored([
    ...onBoth('a plain message answers the one question', ['CORE-MULTI-005'], async (peer) => {
      const asked = await peer.task('ask')
      const task = await follow(peer, asked, [{ text: 'Rome' }])
      equal([task.id, task.contextId], [asked.id, asked.contextId], 'task and context')
      matches(
        task,
        { status: { state: 'TASK_STATE_COMPLETED' }, artifacts: [{ parts: [{ text: 'To Rome' }] }] },
        'task',
      )
    }),

    ...onBoth('an answer that does not fit is asked for again', ['CORE-ERR-001'], async (peer) => {
      const asked = await peer.task('ask')
      const task = await follow(peer, asked, [{ text: 'X' }])
      equal(task.status.state, 'TASK_STATE_INPUT_REQUIRED', 'state')
      equal(task.status.message.metadata[uri].interrupts[0].slot, 'city', 'question')
      equal((await follow(peer, asked, [{ text: 'Oslo' }])).status.state, 'TASK_STATE_COMPLETED', 'state in the end')
    }),

    ...onBoth('answers are named by the extension, one by one', ['CORE-MULTI-005'], async (peer) => {
      const asked = await peer.task('ask-two')
      const [from, to] = asked.status.message.metadata[uri].interrupts
      const answer = (interruptId: string, payload: string) => ({
        metadata: { [uri]: { answers: [{ interruptId, payload }] } },
        extensions: [uri],
      })
      const half = await follow(peer, asked, [{ text: 'Rome' }], answer(from.id, 'Rome'))
      equal(half.status.state, 'TASK_STATE_INPUT_REQUIRED', 'state')
      equal(
        half.status.message.metadata[uri].interrupts.map((one: Json) => one.id),
        [to.id],
        'questions left',
      )
      const task = await follow(peer, asked, [{ text: 'Oslo' }], answer(to.id, 'Oslo'))
      equal(task.artifacts[0].parts, [{ data: { from: 'Rome', to: 'Oslo' } }], 'parts')
      await peer.refused(refusals.unsupported, 'SendMessage', {
        message: message('late', { taskId: asked.id, ...answer(to.id, 'Bonn') }),
      })
    }),

    ...onBoth('an answered question can not be answered again', ['CORE-ERR-001'], async (peer) => {
      const asked = await peer.task('ask-two')
      const [from] = asked.status.message.metadata[uri].interrupts
      const metadata = { [uri]: { answers: [{ interruptId: from.id, status: 'resolved', payload: 'Rome' }] } }
      await follow(peer, asked, [{ text: 'Rome' }], { metadata })
      await peer.refused(refusals.unsupported, 'SendMessage', {
        message: message('Rome', { taskId: asked.id, metadata }),
      })
      const unknown = { [uri]: { answers: [{ interruptId: 'made-up' }] } }
      await peer.refused(refusals.invalidParams, 'SendMessage', {
        message: message('x', { taskId: asked.id, metadata: unknown }),
      })
    }),

    ...onBoth('slots are filled by the members of one data part', ['CORE-MULTI-005'], async (peer) => {
      const asked = await peer.task('ask-two')
      const task = await follow(peer, asked, [{ data: { from: 'A', to: 'B' } }])
      equal(task.artifacts[0].parts, [{ data: { from: 'A', to: 'B' } }], 'parts')
    }),

    ...onBoth(
      'an answer that comes again while it is worked on is told so at once',
      ['CORE-MULTI-005'],
      async (peer) => {
        const { id } = await peer.task('ask-wait')
        const configuration = { returnImmediately: true }
        const yes = () => ({ message: message('yes', { taskId: id }), configuration })
        equal((await peer.result('SendMessage', yes())).task.status.state, 'TASK_STATE_WORKING', 'state')
        await peer.refused(refusals.unsupported, 'SendMessage', yes())
        await peer.refused(refusals.unsupported, 'SendMessage', { message: message('yes', { taskId: id }) })
        const { history } = await peer.result('CancelTask', { id })
        equal(history.filter((one: Json) => one.role === 'ROLE_USER').length, 2, 'messages that were taken')
      },
    ),

    ...onBoth('a cancelled answer ends the task', ['CORE-CANCEL-001'], async (peer) => {
      const asked = await peer.task('ask')
      const [question] = asked.status.message.metadata[uri].interrupts
      const metadata = { [uri]: { answers: [{ interruptId: question.id, status: 'cancelled' }] } }
      equal((await follow(peer, asked, [{ text: 'no' }], { metadata })).status.state, 'TASK_STATE_CANCELED', 'state')
    }),

    ...onBoth('a context that is not the one of the task is refused', ['CORE-MULTI-006'], async (peer) => {
      const asked = await peer.task('ask')
      const wrong = message('Rome', { taskId: asked.id, contextId: 'another' })
      await peer.refused(refusals.invalidParams, 'SendMessage', { message: wrong })
      const right = await follow(peer, asked, [{ text: 'Rome' }], { contextId: asked.contextId })
      equal(right.status.state, 'TASK_STATE_COMPLETED', 'state')
    }),

    ...onBoth(
      'an authorisation is asked for by a task that goes on once it was given elsewhere',
      ['AUTH-INTASK-001', 'AUTH-INTASK-002', 'AUTH-INTASK-003'],
      async (peer) => {
        const asked = await peer.task('auth')
        equal(asked.status.state, 'TASK_STATE_AUTH_REQUIRED', 'state')
        matches(asked.status.message.parts, [{ text: /Sign in at https:/ }], 'what is needed')
        const task = await follow(peer, asked, [{ text: 'done' }])
        equal(task.status.state, 'TASK_STATE_COMPLETED', 'state in the end')
      },
    ),

    ...onBoth('malformed answers are refused before anything happens', ['CORE-ERR-002'], async (peer) => {
      const asked = await peer.task('ask')
      for (const wrong of [
        'x',
        [],
        { answers: 'x' },
        { answers: [1] },
        { answers: [{ interruptId: 1 }] },
        { answers: [{ interruptId: 'a', status: 'maybe' }] },
      ]) {
        const { error } = await peer.refused(refusals.invalidParams, 'SendMessage', {
          message: message('x', { taskId: asked.id, metadata: { [uri]: wrong } }),
        })
        ok(JSON.stringify(error?.details).includes('answers'), 'the field to be named')
      }
      const now = await peer.result('GetTask', { id: asked.id })
      equal(
        [now.status.state, now.history.length],
        ['TASK_STATE_INPUT_REQUIRED', asked.history.length],
        'state and history',
      )
    }),
  ]),
]
