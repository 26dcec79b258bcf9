import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { describe, expect, it } from 'vitest'
import { cardNames, cards } from './cards'
import agent from './tck-agent'

const app = createApp(agent, [a2aServer()])

interface Answer {
  result?: Record<string, never> & {
    task?: {
      id: string
      contextId: string
      status: { state: string; message?: { parts: unknown[] } }
      artifacts?: { parts: unknown[] }[]
    }
    message?: { parts: unknown[] }
  }
  error?: { code: number }
}

async function call(method: string, params: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'A2A-Version': '1.0' }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await app.fetch(new Request('http://127.0.0.1/', { method: 'POST', headers, body }))
  return (await response.json()) as Answer
}

const send = (messageId: string, text: string, more: object = {}, configuration: object = {}) =>
  call('SendMessage', { message: { messageId, role: 'ROLE_USER', parts: [{ text }], ...more }, configuration })

/** What a message leads to: its text, or the task's state and what it holds. */
async function outcomeOf(messageId: string, text = 'anything') {
  const { result } = await send(messageId, text)
  if (result?.message) return result.message.parts
  const artifacts = result?.task?.artifacts?.flatMap(({ parts }) => parts)
  return [result?.task?.status.state, ...(artifacts ?? result?.task?.status.message?.parts ?? [])]
}

const file = { filename: 'output.txt', mediaType: 'text/plain' }
const hello = ['TASK_STATE_COMPLETED', { text: 'Hello from TCK' }]
const shared: [string, unknown[]][] = [
  ['tck-complete-task', hello],
  ['tck-message-response', [{ text: 'Direct message response' }]],
  ['tck-artifact-text', ['TASK_STATE_COMPLETED', { text: 'Generated text content' }]],
  ['tck-artifact-file-url', ['TASK_STATE_COMPLETED', { url: 'https://example.com/output.txt', ...file }]],
  ['tck-artifact-file', ['TASK_STATE_COMPLETED', { raw: btoa('Generated file content'), ...file }]],
  ['tck-artifact-data', ['TASK_STATE_COMPLETED', { data: { key: 'value', count: 42 } }]],
  ['tck-reject-task', ['TASK_STATE_REJECTED', { text: 'rejected' }]],
]

describe('the conformance subject', () => {
  it.each([
    ...shared,
    ['tck-stream-001', ['TASK_STATE_COMPLETED', { text: 'Stream hello from TCK' }]],
    ['tck-stream-ordering-001', ['TASK_STATE_COMPLETED', { text: 'Ordered output' }]],
    ['tck-stream-artifact-chunked', ['TASK_STATE_COMPLETED', { text: 'chunk-1 chunk-2' }]],
    ['tck-send-something-else', hello],
    ['no-convention-at-all', hello],
  ] as [string, unknown[]][])('does by message id: %s', async (prefix, outcome) => {
    expect(await outcomeOf(`${prefix}-0a1b2c3d`)).toEqual(outcome)
  })

  it.each([
    ...shared,
    ['tck-stream-chunked', ['TASK_STATE_COMPLETED', { text: 'chunk-1 chunk-2' }]],
    ['tck-task-failure', ['TASK_STATE_FAILED', { text: 'Task failed as requested' }]],
    ['tck-auth-required', ['TASK_STATE_AUTH_REQUIRED', { text: 'Authorise this task out of band' }]],
  ] as [string, unknown[]][])('does by text: %s', async (prefix, outcome) => {
    expect(await outcomeOf('m-1', `${prefix} please`)).toEqual(outcome)
  })

  it('lets the message id go before the text', async () => {
    expect(await outcomeOf('tck-complete-task-0a1b2c3d', 'tck-reject-task')).toEqual(hello)
  })

  it('asks, stays asking, and completes by follow-ups', async () => {
    const { task } = (await send('tck-input-required-1', 'x')).result ?? {}
    expect(task?.status.state).toBe('TASK_STATE_INPUT_REQUIRED')
    const again = await send('tck-input-required-1', 'y', { taskId: task?.id })
    expect(again.result?.task?.status.state).toBe('TASK_STATE_INPUT_REQUIRED')
    const done = await send('tck-complete-task-1', 'z', { taskId: task?.id })
    expect(done.result?.task).toMatchObject({ id: task?.id, status: { state: 'TASK_STATE_COMPLETED' } })
  })

  it('takes several turns by text', async () => {
    const { task } = (await send('m-1', 'tck-multi-turn')).result ?? {}
    expect(task?.status.state).toBe('TASK_STATE_INPUT_REQUIRED')
    const done = await send('m-2', 'tck-multi-turn go on', { taskId: task?.id })
    expect(done.result?.task?.status.state).toBe('TASK_STATE_COMPLETED')
  })

  it('works until it is canceled', async () => {
    const { task } = (await send('m-1', 'tck-cancel', {}, { returnImmediately: true })).result ?? {}
    expect(['TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING']).toContain(task?.status.state)
    const canceled = await call('CancelTask', { id: task?.id })
    expect(canceled.result).toMatchObject({ id: task?.id, status: { state: 'TASK_STATE_CANCELED' } })
  })

  it('has a card for each capability the kit looks for', () => {
    expect(cardNames).toEqual(['full', 'unary', 'required-extension', 'extended'])
    for (const name of cardNames) expect(createApp(agent, [a2aServer(cards[name])]).fetch).toBeTypeOf('function')
  })
})
