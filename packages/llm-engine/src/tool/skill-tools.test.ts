import {
  anonymous,
  bind,
  defineSkill,
  defineTool,
  type Interrupt,
  jsonSchema,
  reply,
  type Skill,
  type StoredTask,
  suspend,
  type Tool,
  toolSourcesPort,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, messagesOf, texts } from '../../test/loop-harness'
import type { FakeTurn } from '../testing'

const place = jsonSchema<{ city: string }>({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
})
const done: FakeTurn = { text: 'Done.' }
const call = (name: string, args: unknown = {}): FakeTurn => ({ toolCalls: [{ name, arguments: args as never }] })
const results = (test: ReturnType<typeof loopHarness>, request: number): unknown[] =>
  messagesOf(test, request)
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content)
const open = ({ facts }: StoredTask): Interrupt[] => (facts.interrupts ?? []).filter(({ status }) => status === 'open')
const weather = (fields: Partial<Skill>): Skill => ({
  id: 'weather',
  name: 'Weather',
  description: 'Tells the weather',
  tags: [],
  input: place,
  handler: () => 'Sunny',
  ...fields,
})
const names = (test: ReturnType<typeof loopHarness>): string[] =>
  ((test.provider.requests[0]?.body['tools'] ?? []) as { function: { name: string } }[]).map((one) => one.function.name)

describe('a skill', () => {
  it.each<[string, Partial<Skill>, string]>([
    ['that gives text', { handler: () => 'Sunny' }, 'Sunny'],
    ['that gives data', { handler: async () => reply.data({ sun: true }) }, '{"sun":true}'],
    [
      'that gives artifacts',
      { handler: () => reply.artifacts([{ parts: [{ text: 'a' }] }, { parts: [{ text: 'b' }] }]) },
      'a\nb',
    ],
    ['that gives nothing', { handler: () => undefined }, 'Done.'],
    ['that fails', { handler: () => reply.failed('No data') }, 'No data'],
    [
      'whose output does not match',
      { output: place, handler: () => reply.data({ town: 1 }) },
      'The skill gave output that does not match its schema. ',
    ],
    [
      'that throws',
      {
        handler: () => {
          throw new Error('Broken')
        },
      },
      'The tool failed: Broken',
    ],
  ])('%s is a tool of the model', async (_, fields, told) => {
    const test = loopHarness([call('weather', { city: 'Rome' }), done], { skills: [weather(fields)] })
    expect(texts(await test.send('go'))).toEqual(['Done.'])
    expect(names(test)).toEqual(['weather'])
    expect(results(test, 1)).toEqual([expect.stringContaining(told)])
  })

  it('that streams gives its text; its events are told', async () => {
    async function* handler() {
      yield 'Sun'
      yield { type: 'step-start' as const, name: 'looking' }
      yield 'ny'
      return reply.text('!')
    }
    const test = loopHarness([call('weather', { city: 'Rome' }), done], {
      skills: [weather({ handler: handler as never })],
    })
    await test.send('go')
    expect(results(test, 1)).toEqual(['Sunny\n!'])
    expect(test.events).toContainEqual({ type: 'step-start', name: 'looking' })
  })

  it('without a schema is told what to do in words', async () => {
    const skill = defineSkill({
      id: 'say',
      name: 'Say',
      description: 'Says',
      handler: (input) => `Said ${String(input)}`,
    })
    const test = loopHarness([call('say', { input: 'hello' }), done], { skills: [skill] })
    await test.send('go')
    expect(results(test, 1)).toEqual(['Said hello'])
  })

  it('that the caller may not use is not shown, and not called where the model names it all the same', async () => {
    let ran = 0
    const secret = weather({ scopes: ['weather'], handler: () => `${++ran}` })
    const test = loopHarness(() => call('weather', { city: 'Rome' }), { skills: [secret] }, { loop: { maxRepairs: 0 } })
    expect(codeOf(await test.send('go'))).toBe('PF_TOOL_CALL_INVALID')
    expect([names(test), ran]).toEqual([[], 0])
    const allowed = loopHarness([call('weather', { city: 'Rome' }), done], { skills: [secret] })
    await allowed.send('go', { principal: { ...anonymous, scopes: ['weather'] } })
    expect([names(allowed), ran]).toEqual([['weather'], 1])
  })

  it('that asks makes the task wait; the answer goes to it, and to nothing else', async () => {
    let looks = 0
    const look: Tool = { name: 'look', description: 'Looks', run: () => `${++looks}` }
    const asking = weather({
      handler: (input, ctx) =>
        ctx.slots['day'] === undefined
          ? reply.inputRequired({ prompt: 'Which day?', slot: 'day' })
          : `${(input as { city: string }).city} on ${String(ctx.slots['day'])}`,
    })
    const turn: FakeTurn = { toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }, { name: 'look' }] }
    const test = loopHarness([turn, done], { skills: [asking], tools: [look] })
    const asked = await test.send('go')
    expect(open(asked)).toMatchObject([{ prompt: 'Which day?', slot: 'day', toolCallId: 'call_1_0' }])
    await test.clock.until(test.submit('Monday', { taskId: asked.task.id }, test.restarted()).outcome)
    expect([results(test, 1), looks]).toEqual([['Rome on Monday', '1'], 1])
  })

  it('called twice asks twice, side by side and one after the other: each call has its own answer', async () => {
    const asking = weather({
      handler: (input, ctx) =>
        ctx.slots['day'] === undefined
          ? reply.inputRequired({ prompt: `Which day, for ${(input as { city: string }).city}?`, slot: 'day' })
          : `${(input as { city: string }).city} on ${String(ctx.slots['day'])}`,
    })
    const [rome] = call('weather', { city: 'Rome' }).toolCalls ?? []
    const [oslo] = call('weather', { city: 'Oslo' }).toolCalls ?? []
    const both: FakeTurn = { toolCalls: [rome, oslo] as never }
    const test = loopHarness([both, call('weather', { city: 'Graz' }), done], { skills: [asking] })
    const asked = await test.send('go')
    expect(open(asked).map(({ slot, prompt }) => [slot, prompt])).toEqual([
      ['day', 'Which day, for Rome?'],
      ['day_2', 'Which day, for Oslo?'],
    ])
    const again = await test.send('day: Monday\nday_2: Friday', { taskId: asked.task.id })
    expect(open(again).map(({ slot, prompt }) => [slot, prompt])).toEqual([['day', 'Which day, for Graz?']])
    const task = await test.send('Sunday', { taskId: asked.task.id })
    expect([texts(task), results(test, 2)]).toEqual([['Done.'], ['Rome on Monday', 'Oslo on Friday', 'Graz on Sunday']])
  })

  it.each([[['item', 'item_2']], [['day', 'day_2', 'day_3']], [['item_2']], [[undefined]]])(
    'finds each answer under the name that it gave it, called twice and whatever the names: %j',
    async (names) => {
      const given = (slots: Readonly<Record<string, unknown>>) => names.map((name) => slots[name ?? 'answer'])
      const asking = weather({
        handler: (_, { slots }) =>
          given(slots).includes(undefined)
            ? reply.inputsRequired(
                names.map((slot) => ({ prompt: `${slot}?`, ...(slot !== undefined && { slot }) })) as never,
              )
            : JSON.stringify(slots),
      })
      const [one] = call('weather', { city: 'Rome' }).toolCalls ?? []
      const test = loopHarness([{ toolCalls: [one, one] as never }, done], { skills: [asking] })
      const asked = await test.send('go')
      const answers = open(asked).map(({ id, toolCallId, prompt }) => ({
        interruptId: id,
        status: 'resolved' as const,
        payload: `${prompt} ${toolCallId}`,
      }))
      expect(answers).toHaveLength(2 * names.length)
      const outcome = test.submit('', { taskId: asked.task.id, answers }, test.restarted()).outcome
      expect((await test.clock.until(outcome)).task?.task.status.state).toBe('completed')
      expect(results(test, 1).map((text) => JSON.parse(text as string))).toEqual(
        ['call_1_0', 'call_1_1'].map((id) =>
          Object.fromEntries(names.map((name) => [name ?? 'answer', `${name}? ${id}`])),
        ),
      )
    },
  )

  it('that asks and gets no answer is over, and the model goes on without', async () => {
    let calls = 0
    const asking = weather({
      handler: () => {
        calls++
        return reply.inputRequired({ prompt: 'Which day?', slot: 'day' })
      },
    })
    const test = loopHarness([call('weather', { city: 'Rome' }), done], { skills: [asking] })
    const asked = await test.send('go')
    const answers = [{ interruptId: open(asked)[0]?.id ?? '', status: 'cancelled' as const }]
    const task = await test.send('', { taskId: asked.task.id, answers })
    expect([task.task.status.state, texts(task), calls]).toEqual(['completed', ['Done.'], 1])
    expect(results(test, 1)).toEqual(['The user does not answer "Which day?". Go on without it.'])
  })

  it('with instructions is a loop of its own, with tools and without skills', async () => {
    const { handler: _, ...rest } = weather({ instructions: 'Speak of weather.', output: place })
    const ping: Tool = { name: 'ping', description: 'Pings', run: () => 'pong' }
    const turns = [call('weather', { city: 'Rome' }), call('ping'), call('final_answer', { city: 'Roma' }), done]
    const test = loopHarness(turns, { skills: [rest as Skill], tools: [ping], instructions: 'Be kind.' })
    const task = await test.send('go')
    expect(texts(task)).toEqual(['Done.'])
    expect(messagesOf(test, 1)).toMatchObject([
      { content: expect.stringMatching(/^Be kind\.\n\nSpeak of weather\./) },
      { role: 'user', content: '{"city":"Rome"}' },
    ])
    expect(results(test, 3)).toEqual(['{"city":"Roma"}'])
    expect(task.facts.usage).toMatchObject({ turns: 4, toolCalls: 2 })
  })

  it('with instructions waits with its tools, and goes on after a restart; what had finished does not run again', async () => {
    const ran: string[] = []
    const send: Tool = {
      name: 'send',
      description: 'Sends',
      needsApproval: true,
      run: () => void ran.push('send') as never,
    }
    const look: Tool = { name: 'look', description: 'Looks', run: () => void ran.push('look') as never }
    const ask: Tool = {
      name: 'ask',
      description: 'Asks',
      run: (_, { answer }) => (answer ? `${answer.payload}` : suspend({ kind: 'input', prompt: 'Who?' })),
    }
    const { handler: _, ...rest } = weather({ instructions: 'Speak of weather.' })
    const inner: FakeTurn = { toolCalls: [{ name: 'send' }, { name: 'look' }] }
    const outer: FakeTurn = {
      toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }, { name: 'ask' }, { name: 'look' }],
    }
    const test = loopHarness([outer, inner, { text: 'It is sunny.' }, done], {
      skills: [rest as Skill],
      tools: [send, look, ask],
    })
    const asked = await test.send('go')
    expect(open(asked).map(({ kind, toolCallId }) => [kind, toolCallId])).toEqual([
      ['approval', 'call_2_0'],
      ['input', 'call_1_1'],
    ])
    expect(ran).toEqual(['look', 'look'])
    const [approval, question] = open(asked).map(({ id }) => id)
    const answers = [
      { interruptId: question ?? '', status: 'resolved' as const, payload: 'Ada' },
      { interruptId: approval ?? '', status: 'resolved' as const, payload: true },
    ]
    const { task } = await test.clock.until(
      test.submit('', { taskId: asked.task.id, answers }, test.restarted()).outcome,
    )
    expect([task?.task.status.state, ran]).toEqual(['completed', ['look', 'look', 'send']])
    expect(results(test, 3)).toEqual(['It is sunny.', 'Ada', 'Done.'])
    expect(Object.keys(task?.facts.state ?? {}).filter((name) => name.startsWith('pf.loop/'))).toEqual([])
  })
})

it('a message that goes to a skill with instructions runs its loop, through approvals and a restart', async () => {
  const ran: string[] = []
  const send: Tool = {
    name: 'send',
    description: 'Sends',
    needsApproval: true,
    run: () => void ran.push('send') as never,
  }
  const { handler: _, input: __, ...rest } = weather({ instructions: 'Speak of weather.', output: place })
  const turns = [call('send'), call('final_answer', { city: 'Rome' })]
  const test = loopHarness(turns, {
    skills: [rest as Skill, weather({ id: 'other' })],
    tools: [send],
    instructions: 'Be kind.',
  })
  const message = {
    messageId: 'm',
    role: 'user' as const,
    parts: [{ text: 'Rome?' }],
    metadata: { 'urn:pf-agents:a2a:skill:v1': 'weather' },
  }
  const asked = await test.send('', { message })
  expect([asked.task.status.state, asked.facts.skillId, names(test)]).toEqual([
    'input-required',
    'weather',
    ['send', 'final_answer'],
  ])
  const { task } = await test.clock.until(test.submit('yes', { taskId: asked.task.id }, test.restarted()).outcome)
  expect([task && texts(task), ran]).toEqual([['{"city":"Rome"}'], ['send']])
  expect(messagesOf(test, 1)[0]?.content).toMatch(/^Be kind\.\n\nSpeak of weather\./)
})

describe('tools that come from elsewhere', () => {
  it('join those of the agent, by name', async () => {
    const tool: Tool = { name: 'b', description: 'From a source', run: (_, { context }) => context.contextId }
    const bindings = [
      bind(toolSourcesPort, [
        { name: 'one', tools: async () => [tool] },
        { name: 'two', tools: () => [{ ...tool, name: 'a' }] },
      ]),
    ]
    const test = loopHarness([call('b'), done], { tools: [{ ...tool, name: 'c' }] }, { bindings })
    const { task } = await test.send('go')
    expect([names(test), results(test, 1)]).toEqual([['a', 'b', 'c'], [task.contextId]])
  })

  it('of the client are carried out by the client: the task waits for the result', async () => {
    const clientTools = [
      {
        name: 'pick',
        description: 'Picks a colour',
        parameters: { type: 'object', properties: { of: { type: 'number' } } },
      },
    ]
    const test = loopHarness([call('pick', { of: 3 }), done], {})
    const asked = await test.send('go', { clientTools })
    expect(open(asked)).toMatchObject([
      { kind: 'client-tool', toolCallId: 'call_1_0', prompt: 'Carry out "pick" with {"of":3}.' },
    ])
    const answers = [{ interruptId: open(asked)[0]?.id ?? '', status: 'resolved' as const, payload: { colour: 'red' } }]
    const task = await test.send('', { taskId: asked.task.id, answers })
    expect([task.task.status.state, results(test, 1)]).toEqual(['completed', ['{"colour":"red"}']])
  })

  it('of the client that nobody carries out are errors to the model', async () => {
    const test = loopHarness([call('pick'), done], {})
    const asked = await test.send('go', { clientTools: [{ name: 'pick', description: 'Picks' }] })
    const answers = [{ interruptId: open(asked)[0]?.id ?? '', status: 'cancelled' as const }]
    await test.send('', { taskId: asked.task.id, answers })
    expect(results(test, 1)).toEqual(['The client did not carry it out.'])
  })

  it('of the client never stand in for those of the agent', async () => {
    const own = defineTool({ name: 'pick', description: 'Own', input: place, run: () => 'own' })
    const test = loopHarness([call('pick', { city: 'x' }), done], { tools: [own] })
    await test.send('go', { clientTools: [{ name: 'pick', description: 'Evil' }] })
    expect(results(test, 1)).toEqual(['own'])
    expect(test.logs).toContainEqual(expect.objectContaining({ level: 'warn' }))
  })

  it('of the client with a schema that is none are refused', async () => {
    const clientTools = [{ name: 'pick', description: 'Picks', parameters: { type: 'objekt' } }]
    expect(codeOf(await loopHarness([done]).send('go', { clientTools }))).toBe('PF_REQUEST_INVALID')
  })
})
