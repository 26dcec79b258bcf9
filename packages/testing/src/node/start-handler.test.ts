import { createFakeClock } from '@pf-agents/agent-core/testing'
import { createFakeProvider, type FakeTurn } from '@pf-agents/llm-engine/testing'
import { generate } from '@pf-agents/llm-engine'
import { createAnthropic } from '@pf-agents/llm-engine/anthropic'
import { createOpenAiChat } from '@pf-agents/llm-engine/openai'
import { expect, it } from 'vitest'
import { startHandler } from './start-handler'

const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }]

it('a fake provider over real HTTP is asked like any other', async () => {
  const provider = createFakeProvider([{ text: 'Grüße 😀' }, { text: 'And again.' }])
  await using server = await startHandler(provider.handle)
  const chat = createOpenAiChat({ model: 'm', apiKey: 'k', baseUrl: `${server.url}/v1` })
  expect((await generate(chat, { messages })).text).toBe('Grüße 😀')
  expect((await generate(createAnthropic({ model: 'm', baseUrl: server.url }), { messages })).text).toBe('And again.')
  expect(provider.requests.map(({ wire, headers }) => [wire, headers.get('authorization')])).toEqual([
    ['chat', 'Bearer k'],
    ['anthropic', null],
  ])
})

it.each<[NonNullable<FakeTurn['fault']>['kind'], string]>([
  ['cut', 'PF_MODEL_UNAVAILABLE'],
  ['stall', 'PF_MODEL_TIMEOUT'],
])('a %s is one on the wire, too', async (kind, because) => {
  const { handle } = createFakeProvider([{ text: 'abcdefgh'.repeat(4), fault: { after: 3, kind } }])
  await using server = await startHandler(handle)
  // Real time, of which a busy machine takes what it likes, decides nothing.
  const clock = createFakeClock()
  const parts = createOpenAiChat({ model: 'm', baseUrl: server.url, host: { clock } })
    .stream({ messages })
    [Symbol.asyncIterator]()
  while ((await parts.next()).value?.type !== 'text-delta');
  const rest = (async () => {
    while (!(await parts.next()).done);
  })()
  await expect(kind === 'stall' ? clock.until(rest) : rest).rejects.toMatchObject({
    code: 'PF_MODEL_INTERRUPTED',
    details: { because },
  })
})

it('a handler that throws is a 500; a caller that leaves cancels the body', async () => {
  const left = Promise.withResolvers<string>()
  await using server = await startHandler((request) => {
    if (request.method === 'GET') throw new Error('broken')
    return new Response(new ReadableStream({ cancel: () => left.resolve('left') }))
  })
  expect((await server.fetch('/')).status).toBe(500)
  const { body } = await server.fetch('/', { method: 'POST', body: 'x' })
  await body?.cancel()
  expect(await left.promise).toBe('left')
})
