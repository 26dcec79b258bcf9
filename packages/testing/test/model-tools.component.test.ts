// context-window and interactive-tools in the component: prompts that fit, results put aside in the host's store, questions
// that wait between two requests, memory across conversations.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import type { Part, Task } from '@pf-agents/agent-core'
import { startComponent, type StartedComponent } from '../src/node'

const entry = new URL('./apps/model-tools.spin.ts', import.meta.url).pathname
let component: StartedComponent

async function send(text: string | Part[], more: { taskId?: string; contextId?: string } = {}): Promise<Task> {
  const client = createA2AClient({ url: component.url })
  const answer = await client.sendMessage({ message: { ...userMessage(text), ...more } })
  if (!('task' in answer)) throw new Error(`"${text}" became no task`)
  return answer.task
}
const said = ({ artifacts }: Task): string =>
  artifacts.flatMap(({ parts }) => parts.map(({ text }) => text ?? '')).join('')

beforeAll(async () => {
  component = await startComponent(entry, { workers: 2, busyLimitMs: 10_000 })
}, 120_000)
afterAll(() => component?.close())

it('the model has the tools of the features', async () => {
  const task = await send('list')
  expect(said(task).split(' ').sort()).toEqual([
    'ask',
    'confirm',
    'fetch_page',
    'optional',
    'read_tool_result',
    'recall',
    'remember',
  ])
})

it('a run that reads more than the window holds fits, and reads back what was put aside', async () => {
  const task = await send('read all')
  expect(task.status.state).toBe('completed')
  expect(said(task)).toMatch(/Characters 0 to 20 of \d+:\npage\d+word0 page\d+w/)
})

it('a question waits between two requests, and is asked again until the answer matches', async () => {
  const waiting = await send('ask me')
  expect(waiting.status.state).toBe('input-required')
  const { id: taskId, contextId } = waiting
  expect((await send('Paris', { taskId, contextId })).status.state).toBe('input-required')
  const done = await send('Rome', { taskId, contextId })
  expect([done.status.state, said(done)]).toEqual(['completed', 'I was told: Rome'])
})

it('what is remembered in one conversation is recalled in another', async () => {
  await send('remember The cat is called Moss.')
  expect(said(await send('recall cat'))).toContain('The cat is called Moss.')
  // Small and capital letters of other scripts, without Intl.
  await send('remember Das Fest ist in Köln, в Москве, 東京で。')
  for (const query of ['KÖLN', 'МОСКВЕ', '東京']) expect(said(await send(`recall ${query}`))).toContain('Das Fest')
})

it('a later task has the calls of those before it; what is said beside an answer comes behind its result', async () => {
  const { id: taskId, contextId } = await send('ask me')
  const done = await send([{ data: 'Rome' }, { text: 'what now?' }], { taskId, contextId })
  const first = 'user: ask me; assistant: call ask; tool: tool-result; user: what now?'
  expect(said(done)).toBe(first)
  expect(said(await send('what else?', { contextId }))).toBe(`${first}; assistant: ${first}; user: what else?`)
})

it('what is optional and not granted is undefined', async () => {
  expect(said(await send('optional'))).toBe('I was told: undefined undefined')
})
