import { defineSkill, jsonSchema, type Schema, type StoredTask, type Tool } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, messagesOf } from '../../test/loop-harness'
import { longestForRegex } from '../../test/regex-lengths'
import { createOpenAiChat } from '../openai/openai-chat'
import type { FakeTurn } from '../testing'
import { answerForm, checkAnswer } from './answer'

const city = jsonSchema<{ city: string }>({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
})
const ping: Tool = { name: 'ping', description: 'Pings', run: () => 'pong' }
const final = (args: unknown): FakeTurn => ({ toolCalls: [{ name: 'final_answer', arguments: args as never }] })
const data = ({ task }: StoredTask): unknown =>
  task.artifacts.map(({ parts }) => parts.map((part) => part.data ?? part.text))
const outcome = (task: StoredTask): unknown[] => [task.task.status.state, codeOf(task)]

/** Models that can and can't hold their answer to a schema. */
const model = (profile: object) => (fields: { model: string; baseUrl: string }) =>
  createOpenAiChat({ ...fields, profile })
const native = { model: model({ structuredOutput: true }) }
const plain = { model: model({ structuredOutput: false, tools: false }) }

describe("an answer that is data, by the provider's own means", () => {
  it('is the data of the task; nothing of it is told as text', async () => {
    const test = loopHarness([{ text: '{"city":"Rome"}' }], { output: city }, native)
    const task = await test.send('Where?')
    expect(data(task)).toEqual([[{ city: 'Rome' }]])
    expect(test.provider.requests[0]?.body['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: { required: ['city'] } },
    })
    expect(test.events.some(({ type }) => type === 'text-delta')).toBe(false)
  })

  it.each([
    ['{"town":"Rome"}', /does not match|city/],
    ['Rome', /not a JSON object/],
    ['{"city":"Ro', /not a JSON object/],
  ])('that is %s is sent back, and may be better', async (text, said) => {
    const test = loopHarness([{ text }, { text: '{"city":"Rome"}' }], { output: city }, native)
    expect(data(await test.send('Where?'))).toEqual([[{ city: 'Rome' }]])
    expect(messagesOf(test, 1).at(-1)).toMatchObject({ role: 'user', content: expect.stringMatching(said) })
  })

  it('that stays wrong fails the run', async () => {
    const test = loopHarness(() => ({ text: 'Rome' }), { output: city }, { ...native, loop: { maxRepairs: 2 } })
    expect(outcome(await test.send('Where?'))).toEqual(['failed', 'PF_OUTPUT_INVALID'])
    expect(test.provider.requests).toHaveLength(3)
  })

  it.each([
    'Here:\n```json\n{"city":"Rome"}\n```',
    '```\n{"city":"Rome"}\n```\nThat is all.',
    'Here: ```json  \n\n{\n  "city":\n"Rome"\n}\n\n  ```',
  ])('may stand in a block of Markdown: %j', async (text) => {
    const test = loopHarness([{ text }], { output: city }, native)
    expect(data(await test.send('Where?'))).toEqual([[{ city: 'Rome' }]])
  })

  it('is found in a time that grows with its length, whatever is in it', async () => {
    const form = answerForm(
      city,
      { profile: { structuredOutput: true } } as never,
      { byName: new Map(), shown: [] } as never,
    )
    for (const text of ['```json' + '\n'.repeat(100_000) + '{', '```'.repeat(50_000), '```\n'.repeat(50_000)]) {
      const longest = await longestForRegex(async () =>
        expect(await checkAnswer(form, text)).toEqual({ problem: 'It is not a JSON object.' }),
      )
      expect(longest).toBeLessThan(100)
    }
  })

  it.each<[string, object, string, unknown]>([
    ['a list', { type: 'array', items: { type: 'integer' } }, '{"value":[1,2]}', [1, 2]],
    ['a text', { type: 'string' }, '{"value":"x"}', 'x'],
    ['a number', { type: 'number' }, '{"value":0}', 0],
  ])('may be %s', async (_, schema, text, value) => {
    const test = loopHarness([{ text }], { output: schema as Schema }, native)
    expect(data(await test.send('Where?'))).toEqual([[value]])
  })
})

describe('an answer that is data, by a tool', () => {
  it('comes behind other tools; the tool is not told of', async () => {
    const test = loopHarness([{ toolCalls: [{ name: 'ping' }] }, final({ city: 'Rome' })], {
      tools: [ping],
      output: city,
    })
    const task = await test.send('Where?')
    expect(data(task)).toEqual([[{ city: 'Rome' }]])
    const tools = test.provider.requests[0]?.body['tools'] as unknown as { function: { name: string } }[]
    expect(tools.map((one) => one.function.name)).toEqual(['ping', 'final_answer'])
    const told = test.events.flatMap((event) => (event.type === 'tool-call-start' ? [event.name] : []))
    expect(told).toEqual(['ping'])
    expect(task.facts.usage?.toolCalls).toBe(1)
  })

  it('must be alone: other calls are made first', async () => {
    let ran = 0
    const tool: Tool = { ...ping, run: () => `${++ran}` }
    const both: FakeTurn = { toolCalls: [{ name: 'ping' }, ...(final({ city: 'Oslo' }).toolCalls ?? [])] }
    const test = loopHarness([both, final({ city: 'Rome' })], { tools: [tool], output: city })
    expect(data(await test.send('Where?'))).toEqual([[{ city: 'Rome' }]])
    expect([
      ran,
      messagesOf(test, 1)
        .slice(-2)
        .map(({ content }) => content),
    ]).toEqual([1, ['1', expect.stringContaining('alone')]])
  })

  it('is given once', async () => {
    const twice = (...more: object[]): FakeTurn => ({
      toolCalls: [
        ...['Oslo', 'Rome'].map((name) => ({ name: 'final_answer', arguments: { city: name } })),
        ...(more as never[]),
      ],
    })
    const test = loopHarness([twice(), twice({ name: 'ping' }), final({ city: 'Graz' })], {
      tools: [ping],
      output: city,
    })
    expect(data(await test.send('Where?'))).toEqual([[{ city: 'Graz' }]])
    const told = (request: number) =>
      messagesOf(test, request).flatMap(({ role, content }) => (role === 'tool' ? [content] : []))
    const alone = 'Call final_answer alone, once the results of the other calls are there.'
    expect(told(1)).toEqual(['Call final_answer alone, and once.', 'Call final_answer alone, and once.'])
    expect(told(2).slice(2)).toEqual([alone, alone, 'pong'])
    expect(JSON.stringify(test.events)).not.toContain('final_answer')
  })

  it('that is too long is not taken for another', async () => {
    const open = { type: 'object', properties: { city: { type: 'string' } } } as const
    const long = final({ city: 'x'.repeat(100) })
    const loop = { maxArgumentsLength: 50 }
    const test = loopHarness([long, final({ city: 'Rome' })], { tools: [ping], output: open }, { loop })
    expect(data(await test.send('Where?'))).toEqual([[{ city: 'Rome' }]])
    expect(messagesOf(test, 1).at(-1)?.content).toBe('The arguments were cut off: they are too long. Write less.')
  })

  it('that does not match is sent back, and fails in the end', async () => {
    const test = loopHarness(() => final({ town: 'x' }), { tools: [ping], output: city }, { loop: { maxRepairs: 1 } })
    expect(outcome(await test.send('Where?'))).toEqual(['failed', 'PF_OUTPUT_INVALID'])
    expect(messagesOf(test, 1).at(-1)).toMatchObject({ role: 'tool', content: expect.stringContaining('city') })
  })

  it('that was cut off is asked for again, and not told of', async () => {
    const cut: FakeTurn = { toolCalls: [{ name: 'final_answer', arguments: '{"city":"Ro' }], finish: 'length' }
    const test = loopHarness([cut, final({ city: 'Rome' })], { tools: [ping], output: city })
    expect(data(await test.send('Where?'))).toEqual([[{ city: 'Rome' }]])
    expect(messagesOf(test, 1).at(-1)?.content).toContain('cut off')
    expect(test.events.filter(({ type }) => type.startsWith('tool-'))).toEqual([])
  })

  it('given as text is taken where it matches, else asked for', async () => {
    const good = loopHarness([{ text: '{"city":"Rome"}' }], { tools: [ping], output: city })
    expect(data(await good.send('Where?'))).toEqual([[{ city: 'Rome' }]])
    const bad = loopHarness([{ text: 'Rome' }, final({ city: 'Rome' })], { tools: [ping], output: city })
    expect(data(await bad.send('Where?'))).toEqual([[{ city: 'Rome' }]])
    expect(messagesOf(bad, 1).at(-1)).toMatchObject({ content: expect.stringContaining('Call final_answer') })
  })

  it('gives way to a tool of its name', async () => {
    const tool: Tool = { ...ping, name: 'final_answer' }
    const test = loopHarness(
      [
        { toolCalls: [{ name: 'final_answer' }] },
        { toolCalls: [{ name: 'final_answer_', arguments: { city: 'Rome' } }] },
      ],
      { tools: [tool], output: city },
    )
    expect(data(await test.send('Where?'))).toEqual([[{ city: 'Rome' }]])
  })
})

it('an answer that is data is asked for in words where the model has no other way', async () => {
  const test = loopHarness([{ text: '{"city":"Rome"}' }], { output: city, instructions: 'Be kind.' }, plain)
  expect(data(await test.send('Where?'))).toEqual([[{ city: 'Rome' }]])
  expect(messagesOf(test, 0)[0]?.content).toMatch(/^Be kind\.\n\nAnswer with JSON alone.*"required":\["city"\]/s)
})

it("a skill's output is what its schema says", async () => {
  const skill = defineSkill({
    id: 'find',
    name: 'Find',
    description: 'Finds a city',
    instructions: 'Find it.',
    output: city,
  })
  const test = loopHarness([{ text: '{"city":"Rome"}' }], { skills: [skill] }, native)
  const message = {
    messageId: 'm',
    role: 'user' as const,
    parts: [{ text: 'Where?' }],
    metadata: { 'urn:pf-agents:a2a:skill:v1': 'find' },
  }
  const { task } = await test.clock.until(test.submit('x', { message }).outcome)
  expect([task?.task.status.state, task && data(task)]).toEqual(['completed', [[{ city: 'Rome' }]]])
  expect(messagesOf(test, 0)[0]?.content).toBe('Find it.')
})
