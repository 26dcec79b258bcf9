import { everyPart } from './agent'
import { type Case, message, onBoth, refusals, stored } from './case'
import { equal, matches, ok } from './check'

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** SendMessage (3.1.1), contexts and tasks (3.4), execution modes (3.2.2). */
export const sendMessageCases: Case[] = [
  ...onBoth('a plain reply is a message', ['CORE-SEND-001', 'CORE-MULTI-001a', 'DM-MSG-001'], async (peer) => {
    const result = await peer.result('SendMessage', { message: message('hello') })
    equal(Object.keys(result), ['message'], 'members of the result')
    matches(
      result.message,
      { role: 'ROLE_AGENT', parts: [{ text: 'Echo: hello' }], messageId: /./, contextId: /./ },
      'message',
    )
  }),

  ...onBoth(
    'work is a task, waited for until it is over',
    ['CORE-SEND-001', 'CORE-EXECUTION-MODE-001', 'DM-TASK-001', 'DM-ART-001'],
    async (peer) => {
      const sent = message('task Rome')
      const result = await peer.result('SendMessage', { message: sent })
      equal(Object.keys(result), ['task'], 'members of the result')
      const { task } = result
      matches(task, { id: /./, contextId: /./, status: { state: 'TASK_STATE_COMPLETED', timestamp: isoTime } }, 'task')
      matches(task.artifacts, [{ artifactId: /./, name: 'result', parts: [{ text: 'Rome' }] }], 'artifacts')
      equal(
        task.history,
        [
          {
            messageId: sent.messageId,
            role: 'ROLE_USER',
            parts: [{ text: 'task Rome' }],
            contextId: task.contextId,
            taskId: task.id,
          },
        ],
        'history',
      )
    },
  ),

  ...onBoth('parts of every kind go out as they are', ['DM-PART-001'], async (peer) => {
    const { artifacts } = await peer.task('parts')
    equal(artifacts[0].parts, everyPart, 'parts')
  }),

  ...onBoth('a rejected and a failed task say why', ['DM-STATUS-001', 'DM-TASK-002'], async (peer) => {
    matches(
      (await peer.task('reject')).status,
      { state: 'TASK_STATE_REJECTED', message: { role: 'ROLE_AGENT', parts: [{ text: 'Not my business' }] } },
      'status',
    )
    matches(
      (await peer.task('fail')).status,
      { state: 'TASK_STATE_FAILED', message: { parts: [{ text: 'It went wrong' }] } },
      'status',
    )
  }),

  ...onBoth('what a handler throws is a failed task that tells no detail', ['CORE-ERR-001'], async (peer) => {
    const task = await peer.task('throw')
    equal(task.status.state, 'TASK_STATE_FAILED', 'state')
    ok(!JSON.stringify(task).includes('secret'), 'no detail of the error')
  }),

  ...onBoth(
    'a context of the client is taken over',
    ['CORE-MULTI-002', 'CORE-MULTI-002a', 'CORE-MULTI-001'],
    async (peer) => {
      const result = await peer.result('SendMessage', { message: message('hello', { contextId: 'chosen-by-client' }) })
      equal(result.message.contextId, 'chosen-by-client', 'context')
      const task = await peer.task('task x', { message: { contextId: 'chosen-by-client' } })
      equal(task.contextId, 'chosen-by-client', 'context of the task')
    },
  ),

  ...onBoth('each new task has an id of its own, made by the agent', ['CORE-MULTI-003'], async (peer) => {
    const ids = [await peer.task('task a'), await peer.task('task a')].map((task) => task.id)
    ok(
      ids[0] !== ids[1] && ids.every((id) => typeof id === 'string' && id.length > 8),
      `two ids, not ${ids.join(', ')}`,
    )
  }),

  ...onBoth('a message to a task that does not exist is refused, and makes none', ['CORE-MULTI-004'], async (peer) => {
    await peer.refused(refusals.taskNotFound, 'SendMessage', { message: message('task x', { taskId: 'made-up' }) })
    await peer.refused(refusals.taskNotFound, 'GetTask', { id: 'made-up' })
  }),

  ...onBoth('the caller says which media types it takes', ['CORE-SEND-001'], async (peer) => {
    const result = await peer.result('SendMessage', {
      message: message('facts'),
      configuration: { acceptedOutputModes: ['image/png'] },
    })
    matches(result.message.parts[0].data, { modes: ['image/png'], principal: 'anonymous' }, 'facts')
  }),

  ...onBoth('a part of a type the agent does not take is refused', ['CORE-SEND-003', 'CORE-ERR-002'], async (peer) => {
    const parts = [{ text: 'hi' }, { raw: 'AAAA', mediaType: 'application/x-unsupported' }]
    const { error } = await peer.refused(refusals.contentType, 'SendMessage', { message: message('x', { parts }) })
    matches(error?.details[0].metadata, { part: '1', mediaType: 'application/x-unsupported' }, 'metadata')
    // Without a type, text is text/plain, data is application/json, and bytes may be anything.
    await peer.result('SendMessage', {
      message: message('x', { parts: [{ text: 'a' }, { data: 1 }, { raw: 'AAAA' }] }),
    })
  }),

  ...onBoth('a skill may take other types than the rest', ['CORE-SEND-003'], async (peer) => {
    const to = (skill: string) => ({ 'urn:pf-agents:a2a:skill:v1': skill })
    const png = [{ raw: 'AAAA', mediaType: 'image/png' }]
    const task = await peer.task('', { message: { parts: png, metadata: to('picture') } })
    equal(task.status.state, 'TASK_STATE_COMPLETED', 'state')
    await peer.refused(refusals.contentType, 'SendMessage', { message: message('x', { metadata: to('picture') }) })
    await peer.refused(refusals.contentType, 'SendMessage', {
      message: message('x', { parts: png, metadata: to('upper') }),
    })
  }),

  ...onBoth('a message names its skill by our extension', ['CORE-SEND-001'], async (peer) => {
    const metadata = { 'urn:pf-agents:a2a:skill:v1': 'upper' }
    const result = await peer.result('SendMessage', {
      message: message('', { parts: [{ data: { text: 'abc' } }], metadata }),
    })
    equal(result.message.parts[0].data, { upper: 'ABC' }, 'data')
    const unknown = { 'urn:pf-agents:a2a:skill:v1': 'sing' }
    await peer.refused(refusals.invalidParams, 'SendMessage', { message: message('x', { metadata: unknown }) })
  }),

  ...stored([
    ...onBoth('a message to a task that is over is refused', ['CORE-SEND-002'], async (peer) => {
      for (const text of ['task x', 'reject', 'fail']) {
        const { id } = await peer.task(text)
        await peer.refused(refusals.unsupported, 'SendMessage', { message: message('again', { taskId: id }) })
        // The state of the task comes before the types of the parts.
        const parts = [{ raw: 'AAAA', mediaType: 'application/x-unsupported' }]
        await peer.refused(refusals.unsupported, 'SendMessage', { message: message('again', { taskId: id, parts }) })
      }
    }),

    ...onBoth('returnImmediately answers as soon as the task exists', ['CORE-EXECUTION-MODE-002'], async (peer) => {
      const task = await peer.task('wait 400', { configuration: { returnImmediately: true } })
      ok(
        ['TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING'].includes(task.status.state),
        `a task under way, not ${task.status.state}`,
      )
      let now = task
      for (let tries = 0; tries < 100 && now.status.state !== 'TASK_STATE_COMPLETED'; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        now = await peer.result('GetTask', { id: task.id })
      }
      matches(
        now,
        { status: { state: 'TASK_STATE_COMPLETED' }, artifacts: [{ parts: [{ text: 'waited' }] }] },
        'task in the end',
      )
    }),

    ...onBoth('returnImmediately does not wait for a run before it', ['CORE-EXECUTION-MODE-002'], async (peer) => {
      const configuration = { returnImmediately: true }
      const { id } = await peer.task('wait 60000', { configuration })
      await peer.refused(refusals.busy, 'SendMessage', { message: message('x', { taskId: id }), configuration })
      equal((await peer.result('CancelTask', { id })).status.state, 'TASK_STATE_CANCELED', 'state in the end')
    }),

    ...onBoth(
      'a context in which a run is under way takes no second one',
      ['CORE-EXECUTION-MODE-002'],
      async (peer) => {
        const configuration = { returnImmediately: true }
        const { id, contextId } = await peer.task('wait 60000', { configuration })
        const second = { message: message('task x', { contextId }), configuration }
        const { headers } = await peer.refused(refusals.busy, 'SendMessage', second)
        equal(headers.get('retry-after'), '1', 'Retry-After')
        // Another context is not concerned.
        equal((await peer.task('task x')).status.state, 'TASK_STATE_COMPLETED', 'state of another one')
        await peer.result('CancelTask', { id })
        for (let tries = 0; ; tries++) {
          const { status, result } = await peer.call('SendMessage', { message: message('task x', { contextId }) })
          if (status !== 429) {
            equal(result.task.status.state, 'TASK_STATE_COMPLETED', 'state of the one that comes again')
            break
          }
          ok(tries < 100, 'the context to be free again')
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
      },
    ),
  ]),
]
