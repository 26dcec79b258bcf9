import type { Message, Task } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { encodeListTasksRequest, encodeListTasksResponse } from './list-tasks'
import { encodeMessage } from './message'
import { encodeSendMessageRequest } from './send-message'
import { encodeSendMessageResponse, encodeStreamResponse } from './stream-response'
import { encodeTask, limitHistory } from './task'

const say = (messageId: string): Message => ({ messageId, role: 'user', parts: [{ text: messageId }] })
const task: Task = {
  id: 't-1',
  contextId: 'c-1',
  status: { state: 'completed', timestamp: '2026-11-20T10:00:00.120Z' },
  artifacts: [{ artifactId: 'a-1', parts: [{ text: 'Day 1' }] }],
  history: [say('m-1'), say('m-2'), say('m-3')],
}
const bare: Task = { ...task, artifacts: [], history: [] }

describe('encodeMessage', () => {
  it('writes enum names and leaves out what has its default value (§5.5) [DM-SERIAL-002, DM-MSG-002]', () => {
    const message: Message = {
      ...say('m'),
      role: 'agent',
      contextId: '',
      extensions: [],
      referenceTaskIds: [],
      metadata: {},
    }
    expect(encodeMessage(message)).toEqual({ messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'm' }], metadata: {} })
  })

  it('writes only members of the specification', () => {
    expect(JSON.stringify(encodeMessage({ ...say('m'), internal: true } as Message))).toBe(
      '{"messageId":"m","role":"ROLE_USER","parts":[{"text":"m"}]}',
    )
  })

  it('does not copy parts', () => {
    const message = say('m')
    expect(encodeMessage(message).parts).toBe(message.parts)
  })
})

describe('encodeTask', () => {
  it('writes a task, in camelCase (§4.1.1, §5.5) [DM-TASK-001, DM-STATUS-001, DM-SERIAL-001]', () => {
    expect(encodeTask({ ...task, history: [say('m-1')], metadata: { k: 1 } })).toEqual({
      id: 't-1',
      contextId: 'c-1',
      status: { state: 'TASK_STATE_COMPLETED', timestamp: '2026-11-20T10:00:00.120Z' },
      artifacts: [{ artifactId: 'a-1', parts: [{ text: 'Day 1' }] }],
      history: [{ messageId: 'm-1', role: 'ROLE_USER', parts: [{ text: 'm-1' }] }],
      metadata: { k: 1 },
    })
  })

  it('writes each of the nine states by its name (§4.1.3) [DM-TASK-002]', () => {
    const states = [
      'unspecified',
      'submitted',
      'working',
      'completed',
      'failed',
      'canceled',
      'input-required',
      'rejected',
      'auth-required',
    ] as const
    expect(states.map((state) => encodeTask({ ...task, status: { state, timestamp: '' } }).status.state)).toEqual([
      'TASK_STATE_UNSPECIFIED',
      'TASK_STATE_SUBMITTED',
      'TASK_STATE_WORKING',
      'TASK_STATE_COMPLETED',
      'TASK_STATE_FAILED',
      'TASK_STATE_CANCELED',
      'TASK_STATE_INPUT_REQUIRED',
      'TASK_STATE_REJECTED',
      'TASK_STATE_AUTH_REQUIRED',
    ])
  })

  it('gives the newest messages in order, none for 0, all where unset (§3.2.4)', () => {
    const ids = (historyLength?: number) =>
      encodeTask(task, { historyLength }).history?.map((message) => message.messageId)
    expect(ids()).toEqual(['m-1', 'm-2', 'm-3'])
    expect(ids(2)).toEqual(['m-2', 'm-3'])
    expect(ids(9)).toEqual(['m-1', 'm-2', 'm-3'])
    expect('history' in encodeTask(task, { historyLength: 0 })).toBe(false)
    expect(limitHistory(task.history, undefined)).toBe(task.history)
  })

  it('has artifacts never, always, or where there are any (§3.1.4)', () => {
    expect('artifacts' in encodeTask(task, { includeArtifacts: false })).toBe(false)
    expect(encodeTask(bare, { includeArtifacts: true }).artifacts).toEqual([])
    expect('artifacts' in encodeTask(bare)).toBe(false)
    expect(encodeTask(task).artifacts).toBe(task.artifacts)
  })

  it('is plain JSON without undefined members', () => {
    const wire = encodeTask({ ...bare, contextId: '', status: { state: 'working', timestamp: '' } })
    expect(JSON.parse(JSON.stringify(wire))).toStrictEqual(wire)
    expect(wire).toStrictEqual({ id: 't-1', status: { state: 'TASK_STATE_WORKING' } })
  })
})

describe('answers and events', () => {
  it('writes all four members of a page, empty or not (§3.1.4)', () => {
    expect(encodeListTasksResponse({ tasks: [], nextPageToken: '', pageSize: 50, totalSize: 0 })).toEqual({
      tasks: [],
      nextPageToken: '',
      pageSize: 50,
      totalSize: 0,
    })
    const page = { tasks: [task, bare], nextPageToken: 'n', pageSize: 2, totalSize: 3 }
    expect(encodeListTasksResponse(page, { historyLength: 0 }).tasks.map((one) => Object.keys(one))).toEqual([
      ['id', 'status', 'contextId'],
      ['id', 'status', 'contextId'],
    ])
    expect(encodeListTasksResponse(page, { includeArtifacts: true }).tasks.map((one) => one.artifacts)).toEqual([
      task.artifacts,
      [],
    ])
  })

  it('wraps unions in their one member (§3.1.1, §3.2.3)', () => {
    expect(encodeSendMessageResponse({ message: say('m') })).toEqual({ message: encodeMessage(say('m')) })
    expect(encodeSendMessageResponse({ task }, { historyLength: 0 })).toEqual({
      task: encodeTask(task, { historyLength: 0 }),
    })
    expect(encodeStreamResponse({ task })).toEqual({ task: encodeTask(task) })
    expect(encodeStreamResponse({ message: say('m') })).toEqual({ message: encodeMessage(say('m')) })
    expect(
      encodeStreamResponse({
        statusUpdate: { taskId: 't', contextId: 'c', status: { state: 'working', timestamp: '' } },
      }),
    ).toEqual({
      statusUpdate: { taskId: 't', contextId: 'c', status: { state: 'TASK_STATE_WORKING' } },
    })
    const update = { artifactUpdate: { taskId: 't', contextId: 'c', artifact: task.artifacts[0]!, append: true } }
    expect(encodeStreamResponse(update)).toBe(update)
  })

  it('writes requests (§3.2.1, §3.1.4)', () => {
    expect(encodeSendMessageRequest({ message: say('m'), configuration: { historyLength: 0 }, tenant: 'a' })).toEqual({
      message: { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'm' }] },
      configuration: { historyLength: 0 },
      tenant: 'a',
    })
    expect(encodeListTasksRequest({ status: 'auth-required', pageSize: 3 })).toEqual({
      status: 'TASK_STATE_AUTH_REQUIRED',
      pageSize: 3,
    })
    expect(encodeListTasksRequest({ status: 'unspecified' })).toEqual({})
  })
})
