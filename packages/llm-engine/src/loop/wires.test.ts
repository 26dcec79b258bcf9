import type { LanguageModel, Tool } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { loopHarness, texts } from '../../test/loop-harness'
import { createAnthropic } from '../anthropic/anthropic'
import { createGemini } from '../gemini/gemini'
import { createOpenAiChat } from '../openai/openai-chat'
import { createOpenAiResponses } from '../openai/openai-responses'
import type { FakeTurn } from '../testing'

const baseUrl = 'http://fake.test'
const models: [string, () => LanguageModel][] = [
  ['Chat Completions', () => createOpenAiChat({ model: 'm', baseUrl })],
  ['Responses', () => createOpenAiResponses({ model: 'm', baseUrl })],
  ['Anthropic', () => createAnthropic({ model: 'm', baseUrl })],
  ['Gemini', () => createGemini({ model: 'm', baseUrl })],
]

describe.each(models)('over the wire of %s', (_, model) => {
  it('thoughts, text, calls side by side, an approval and a restart come to an answer', async () => {
    const ran: string[] = []
    const tool = (name: string, more: Partial<Tool> = {}): Tool => ({
      name,
      description: name,
      input: { type: 'object', properties: { n: { type: 'number' } } },
      run: (args: { n: number }) => {
        ran.push(`${name} ${args.n}`)
        return { parts: [{ text: `${name} is done` }, { data: { n: args.n } }] }
      },
      ...more,
    })
    const turns: FakeTurn[] = [
      {
        reasoning: 'Both.',
        text: 'One moment.',
        toolCalls: [
          { name: 'look', arguments: { n: 1 } },
          { name: 'a.dotted/name', arguments: { n: 2 } },
          { name: 'send', arguments: { n: 3 } },
        ],
      },
      { toolCalls: [{ name: 'nope' }] },
      { reasoning: 'So.', text: 'All is done.' },
    ]
    const tools = [tool('look'), tool('a.dotted/name'), tool('send', { needsApproval: true })]
    const test = loopHarness(turns, { tools, instructions: 'Be kind.' }, { model })
    const asked = await test.send('go')
    expect([asked.task.status.state, ran]).toEqual(['input-required', ['look 1', 'a.dotted/name 2']])
    const { task } = await test.clock.until(test.submit('yes', { taskId: asked.task.id }, test.restarted()).outcome)
    expect(task && texts(task)).toEqual(['One moment.', 'All is done.'])
    expect(ran).toEqual(['look 1', 'a.dotted/name 2', 'send 3'])
    expect(task?.facts.usage).toMatchObject({ turns: 3, toolCalls: 3, inputTokens: 30, outputTokens: 15 })
    const bodies = test.provider.requests.map(({ body }) => JSON.stringify(body))
    for (const said of ['go', 'One moment.', 'look is done', 'send is done']) expect(bodies[2]).toContain(said)
    expect(bodies[2]).toContain('There is no tool \\"nope\\"')
    // What was sent once is sent the same again: caches hold.
    const list = (index: number): unknown[] => {
      const body = test.provider.requests[index]?.body ?? {}
      return (body['messages'] ?? body['input'] ?? body['contents']) as unknown[]
    }
    expect(list(1).slice(0, list(0).length)).toEqual(list(0))
    expect(list(2).slice(0, list(1).length)).toEqual(list(1))
    expect(test.events.flatMap((event) => (event.type === 'reasoning-delta' ? [event.delta] : [])).join('')).toBe(
      'Both.So.',
    )
  })

  it('an answer of a schema is data', async () => {
    const output = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const test = loopHarness(
      [{ toolCalls: [{ name: 'final_answer', arguments: { city: 'Rome' } }] }],
      { output },
      {
        model: () => ({ ...model(), profile: { ...model().profile, structuredOutput: false } }),
      },
    )
    expect(texts(await test.send('Where?'))).toEqual(['{"city":"Rome"}'])
    const native = loopHarness(
      [{ text: '{"city":"Rome"}' }],
      { output },
      {
        model: () => ({ ...model(), profile: { ...model().profile, structuredOutput: true } }),
      },
    )
    expect(texts(await native.send('Where?'))).toEqual(['{"city":"Rome"}'])
    expect(JSON.stringify(native.provider.requests[0]?.body)).toMatch(/"city"/)
  })
})
