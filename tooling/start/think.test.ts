import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { modelNamed, think } from './think.mjs'

const artifact = (text: string) => ({ artifactUpdate: { artifact: { parts: [{ text }] } } })
const state = (name: string) => ({ statusUpdate: { status: { state: `TASK_STATE_${name}` } } })

/** Asks a server that answers in this way. */
async function asked(answer: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const pieces: string[] = []
  try {
    const { port } = server.address() as AddressInfo
    const result = await think(`http://127.0.0.1:${port}`, 'Hello', (piece: string) => pieces.push(piece))
    return { result, pieces }
  } finally {
    server.close()
  }
}

const streamed = (...results: object[]) =>
  asked((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(results.map((result) => `id: 1\ndata: ${JSON.stringify({ result })}\n\n`).join(''))
  })

it('tells the answer piece by piece', async () => {
  const { result, pieces } = await streamed(state('WORKING'), artifact('Hi '), artifact('there'), state('COMPLETED'))
  expect(pieces).toEqual(['Hi ', 'there'])
  expect(result).toMatchObject({ text: 'Hi there', pieces: 2, problem: undefined })
})

it.each([
  ['a task that failed', () => streamed(artifact('Hi'), state('FAILED')), 'the task ended as TASK_STATE_FAILED'],
  ['nothing said', () => streamed(state('COMPLETED')), 'the assistant said nothing'],
  ['a stream that ends early', () => streamed(artifact('Hi')), 'the task ended as nothing'],
  ['no stream', () => asked((response) => response.end('{"no":1}')), 'no stream: 200 {"no":1}'],
  ['nobody there', async () => ({ result: await think('http://127.0.0.1:9', 'Hello') }), 'no answer:'],
])('%s is wrong', async (_name, ask, problem) => {
  expect((await ask()).result.problem).toContain(problem)
})

it('knows which model is asked', () => {
  expect(modelNamed({})).toBeUndefined()
  expect(modelNamed({ GEMINI_API_KEY: 'k', OLLAMA_HOST: 'http://127.0.0.1:11434' })).toBe('Gemini')
})
