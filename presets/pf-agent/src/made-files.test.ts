import { HttpAgent } from '@ag-ui/client'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { defineAgent, type ModelStreamPart } from '@pf-agents/agent-core'
import { mockModel } from '@pf-agents/testing'
import { startNode } from '@pf-agents/testing/node'
import { expect, it } from 'vitest'
import { pfAgent } from './pf-agent'

const raw = 'iVBORw0KGgo='
const picture: ModelStreamPart = { type: 'file', mediaType: 'image/png', raw, filename: 'cat.png' }
const said: ModelStreamPart[] = [
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'Here:' },
  { type: 'text-end', id: '0' },
]
const end: ModelStreamPart = { type: 'finish', finish: { reason: 'stop', complete: true }, usage: {} }
/** An agent whose model draws, with a word and without; it may never come to an end after that. */
const painter = (stall = false) =>
  pfAgent(
    defineAgent({
      name: 'painter',
      description: 'Paints',
      version: '1.0.0',
      model: mockModel({
        turns: [{ parts: stall ? [...said, picture] : [...said, picture, end], stall }, { parts: [picture, end] }],
      }),
    }),
    { logger: { log: () => {} } },
  )
const file = { raw, mediaType: 'image/png', filename: 'cat.png' }

it('a picture that the model makes is an artifact over A2A, in the task and in its stream', async () => {
  await using app = await startNode(painter())
  const client = createA2AClient({ url: app.url })
  const answer = await client.sendMessage({ message: userMessage('Draw') })
  if (!('task' in answer)) throw new Error('No task.')
  expect(answer.task.artifacts?.map(({ parts }) => parts)).toEqual([[{ text: 'Here:' }], [file]])
  const wire = await fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'GetTask', params: { id: answer.task.id } }),
  })
  expect(await wire.json()).toMatchObject({ result: { artifacts: [{}, { parts: [file] }] } })
  const stream = client.sendStreamingMessage({ message: userMessage('Again') })
  for await (const _event of stream) void _event
  expect(stream.task?.artifacts?.map(({ parts }) => parts)).toEqual([[file]])
  expect(JSON.stringify(stream.task)).not.toContain('model-finish')
})

it('is told when it comes, while the model goes on', async () => {
  await using app = await startNode(painter(true))
  const client = createA2AClient({ url: app.url })
  const stream = client.sendStreamingMessage({ message: userMessage('Draw') })
  for await (const _event of stream) if (JSON.stringify(stream.task?.artifacts ?? []).includes(raw)) break
  expect(stream.task).toMatchObject({ status: { state: 'working' }, artifacts: [{}, { parts: [file] }] })
  await client.cancelTask({ id: stream.task?.id ?? '' })
})

it('is an activity with the artifact over AG-UI', async () => {
  await using app = await startNode(painter())
  const page = new HttpAgent({ url: `${app.url}/agui`, threadId: 't1' })
  page.addMessage({ id: 'u1', role: 'user', content: 'Draw' })
  await page.runAgent({})
  expect(page.messages.slice(1)).toMatchObject([
    { role: 'assistant', content: 'Here:' },
    { role: 'activity', activityType: 'a2a.artifact', content: { parts: [file], complete: true } },
  ])
})
