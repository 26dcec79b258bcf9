// The tools as agents use them: the app, the model loop, the runtime; a scripted model and a clock moved by hand.
import {
  anonymous,
  createMemoryStores,
  defineAgent,
  type InterruptAnswer,
  type MemoryStores,
  type ModelMessage,
  type StoredTask,
} from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom, type FakeClock, testMessage } from '@pf-agents/agent-core/testing'
import { createApp } from '@pf-agents/app'
import { llmEngine } from '@pf-agents/llm-engine'
import { mockModel, type MockToolCall, type MockTurnSource } from '@pf-agents/testing'
import { describe, expect, it } from 'vitest'
import { ask, type AskOptions, confirm, interactiveTools, type InteractiveToolsOptions } from '../src/index'
import { storeProbe } from './store-probe'

interface World {
  clock?: FakeClock
  stores?: MemoryStores
  options?: InteractiveToolsOptions
  /** Tools of the agent itself, instead of the feature. */
  plain?: boolean
}

function setUp(
  turns: readonly MockTurnSource[],
  { clock = createFakeClock(), stores = createMemoryStores(), options = {}, plain = false }: World = {},
) {
  const model = mockModel({ turns })
  const tools = plain ? [ask(options.ask as AskOptions), confirm()] : []
  const agent = defineAgent({ name: 'desk', description: 'A desk', version: '1.0.0', model, tools })
  const { probe, live: runtimeOf } = storeProbe(stores)
  const logs: string[] = []
  const app = createApp(agent, [probe, llmEngine(), ...(plain ? [] : [interactiveTools(options)])], {
    target: 'node',
    clock,
    random: createSeededRandom(),
    logger: { log: (level, message) => logs.push(`${level}: ${message}`) },
  })
  const live = runtimeOf()
  return {
    app,
    model,
    clock,
    stores,
    logs,
    async send(text: string, more: { taskId?: string; answers?: InterruptAnswer[] } = {}): Promise<StoredTask> {
      const { taskId, answers } = more
      const message = testMessage(text === '' ? [] : text, taskId === undefined ? {} : { taskId })
      const { task } = await clock.until(
        live.submit({ message, principal: anonymous, ...(answers && { answers }) }).outcome,
      )
      return task as StoredTask
    },
    cancel: (taskId: string): Promise<StoredTask> => live.cancel(taskId, anonymous),
    task: async (taskId: string): Promise<StoredTask> => (await live.task(taskId, anonymous)) as StoredTask,
  }
}

const calls = (...toolCalls: MockToolCall[]): MockTurnSource => ({ toolCalls })
const question = (more: object = {}, name = 'ask'): MockToolCall => ({
  name,
  arguments: { question: 'Which city?', ...more },
})
const open = ({ facts }: StoredTask) => (facts.interrupts ?? []).filter(({ status }) => status === 'open')
const stateOf = ({ task }: StoredTask) => task.status.state
const said = ({ task }: StoredTask) => task.artifacts.flatMap(({ parts }) => parts.map(({ text }) => text)).join('')
/** The results that the model was told last. */
const results = (messages: readonly ModelMessage[] | undefined) =>
  (messages ?? []).flatMap((message) =>
    message.role === 'tool' ? message.content.map(({ parts }) => parts.map(({ text, data }) => text ?? data)) : [],
  )

describe('ask, through the loop', () => {
  it('makes the task wait, and the model goes on with the answer', async () => {
    const test = setUp([calls(question()), 'Oslo it is.'])
    const waiting = await test.send('Book a hotel')
    expect(stateOf(waiting)).toBe('input-required')
    expect(open(waiting)).toMatchObject([{ kind: 'input', prompt: 'Which city?' }])
    const done = await test.send('Oslo', { taskId: waiting.task.id })
    expect([stateOf(done), said(done)]).toEqual(['completed', 'Oslo it is.'])
    expect(results(test.model.calls[1]?.messages)).toEqual([['Oslo']])
  })

  it('asks again until the answer matches', async () => {
    const test = setUp([calls(question({ options: ['Oslo', 'Rome'] })), 'Done.'])
    const { task } = await test.send('Book')
    const again = await test.send('Paris', { taskId: task.id })
    expect(stateOf(again)).toBe('input-required')
    expect(again.task.status.message?.parts[0]?.text).toContain('Which city?')
    expect(test.model.calls.length).toBe(1)
    expect(stateOf(await test.send('Rome', { taskId: task.id }))).toBe('completed')
    expect(results(test.model.calls[1]?.messages)).toEqual([['Rome']])
  })

  it('has several questions open at once, answered one by one in any order, and by name in one message', async () => {
    const both = calls(question({ name: 'city' }), {
      name: 'confirm',
      arguments: { question: 'With breakfast?', name: 'breakfast' },
    })
    const test = setUp([both, 'Done.', both, 'Done.'])
    const first = await test.send('Book')
    const [city, breakfast] = open(first)
    const half = await test.send('', {
      taskId: first.task.id,
      answers: [{ interruptId: breakfast?.id as string, status: 'resolved', payload: 'no' }],
    })
    expect([stateOf(half), open(half).length]).toEqual(['input-required', 1])
    expect(test.model.calls.length).toBe(1)
    const done = await test.send('', {
      taskId: first.task.id,
      answers: [{ interruptId: city?.id as string, status: 'resolved', payload: 'Oslo' }],
    })
    expect(stateOf(done)).toBe('completed')
    expect(results(test.model.calls[1]?.messages)).toEqual([['Oslo'], [{ confirmed: false }]])
  })

  it.each([
    ['ask', question({ name: 'city', question: 'To which city?' })],
    ['confirm', { name: 'confirm', arguments: { question: 'Any city?', name: 'city' } }],
  ])('asks one question at a time under one name, and tells the model of %s', async (_, second) => {
    const test = setUp([
      calls(question({ name: 'city', default: 'Bonn' }), second),
      calls(question({ name: 'city', question: 'And then?' })),
      'Done.',
    ])
    const first = await test.send('Book')
    expect(open(first)).toMatchObject([{ prompt: 'Which city?', slot: 'city' }])
    const next = await test.send('Rome', { taskId: first.task.id })
    expect(results(test.model.calls[1]?.messages)).toEqual([
      ['Rome'],
      [expect.stringMatching(/another open question has the name "city".*Ask it under a name of its own/)],
    ])
    // The name is free again.
    expect(open(next)).toMatchObject([{ prompt: 'And then?', slot: 'city' }])
    expect(stateOf(await test.send('Oslo', { taskId: first.task.id }))).toBe('completed')
  })

  it.each([
    ['yes ', true],
    ['yes\n', true],
    ['Yes.', true],
    ['YES!', true],
    ['True', true],
    ['okay', true],
    ['No.', false],
    ['FALSE', false],
  ])('takes %j for an answer in words to confirm', async (text, confirmed) => {
    const test = setUp([calls({ name: 'confirm', arguments: { question: 'Sure?' } }), 'Done.'])
    const { task } = await test.send('Book')
    expect(stateOf(await test.send(text, { taskId: task.id }))).toBe('completed')
    expect(results(test.model.calls[1]?.messages)).toEqual([[{ confirmed }]])
  })

  it('tells the model that nobody answers, and the run goes on', async () => {
    const test = setUp([calls(question()), 'Then I can not book.'])
    const { task, facts } = await test.send('Book')
    const done = await test.send('', {
      taskId: task.id,
      answers: [{ interruptId: facts.interrupts?.[0]?.id as string, status: 'cancelled' }],
    })
    expect([stateOf(done), said(done)]).toEqual(['completed', 'Then I can not book.'])
    expect(String(results(test.model.calls[1]?.messages)[0]?.[0])).toContain('does not answer')
  })

  it('fails the task once the time is over where there is no default', async () => {
    const test = setUp([calls(question())], { options: { ask: { timeoutMs: 60_000 } } })
    const { task } = await test.send('Book')
    await test.clock.advance(59_999)
    expect(stateOf(await test.task(task.id))).toBe('input-required')
    await test.clock.advance(1)
    const failed = await test.task(task.id)
    expect(stateOf(failed)).toBe('failed')
    expect(JSON.stringify(failed.task.status.message?.metadata)).toContain('PF_INTERRUPT_EXPIRED')
    await expect(test.send('Oslo', { taskId: task.id })).rejects.toMatchObject({ code: 'PF_INTERRUPT_EXPIRED' })
  })

  it('works as a tool of the agent, without the feature; a default then waits for nobody', async () => {
    const test = setUp([calls(question())], { plain: true, options: { ask: { timeoutMs: 60_000, default: 'Oslo' } } })
    const { task } = await test.send('Book')
    await test.clock.advance(60_000)
    expect(stateOf(await test.task(task.id))).toBe('failed')
  })
})

describe('a default', () => {
  const timed = { options: { ask: { timeoutMs: 60_000, default: 'Oslo' } } }
  const keys = (stores: MemoryStores) => stores.keyValue.keys('pf.interactive-tools/').length

  it('counts once the time is over, and the model is told that it is one', async () => {
    const test = setUp([calls(question()), 'Oslo, then.'], timed)
    const { task } = await test.send('Book')
    await test.clock.advance(59_999)
    expect(stateOf(await test.task(task.id))).toBe('input-required')
    await test.clock.advance(1)
    const done = await test.task(task.id)
    expect([stateOf(done), said(done)]).toEqual(['completed', 'Oslo, then.'])
    expect(results(test.model.calls[1]?.messages)).toEqual([['Nobody gave an answer. This is the default:', 'Oslo']])
    expect([keys(test.stores), test.clock.pending]).toEqual([0, 0])
  })

  it('counts for each of several questions', async () => {
    const both = calls(question({ default: 'Oslo' }), question({ question: 'Which month?', default: 'May' }))
    const test = setUp([both, 'Oslo in May.'], timed)
    const { task } = await test.send('Book')
    expect(keys(test.stores)).toBe(2)
    await test.clock.advance(60_000)
    await test.clock.run()
    expect(stateOf(await test.task(task.id))).toBe('completed')
    expect(results(test.model.calls[1]?.messages).map(([, answer]) => answer)).toEqual(['Oslo', 'May'])
    expect(keys(test.stores)).toBe(0)
  })

  it('does not count where somebody answers in time', async () => {
    const test = setUp([calls(question()), 'Rome.'], timed)
    const { task } = await test.send('Book')
    await test.clock.advance(30_000)
    await test.send('Rome', { taskId: task.id })
    expect(results(test.model.calls[1]?.messages)).toEqual([['Rome']])
    expect([keys(test.stores), test.clock.pending]).toEqual([0, 0])
    await test.clock.advance(60_000)
    expect(test.model.calls.length).toBe(2)
  })

  it('is forgotten where the task was canceled', async () => {
    const test = setUp([calls(question())], timed)
    const { task } = await test.send('Book')
    expect(keys(test.stores)).toBe(1)
    await test.cancel(task.id)
    await test.clock.advance(60_000)
    expect(keys(test.stores)).toBe(0)
  })

  it('counts after a restart, from the first request on', async () => {
    const before = setUp([calls(question())], timed)
    const { task } = await before.send('Book')
    await before.app.close()
    expect(before.clock.pending).toBe(0)
    const after = setUp(['Oslo, then.'], { ...timed, clock: before.clock, stores: before.stores })
    await before.clock.advance(120_000)
    expect(stateOf(await after.task(task.id))).toBe('input-required')
    await after.app.fetch(new Request('http://desk.test/health'))
    await before.clock.advance(1)
    expect(stateOf(await after.task(task.id))).toBe('completed')
    expect(keys(before.stores)).toBe(0)
  })

  it('counts once where two processes watch the same question', async () => {
    const one = setUp([calls(question()), 'Oslo, then.'], timed)
    const { task } = await one.send('Book')
    const two = setUp(['Oslo, then.'], { ...timed, clock: one.clock, stores: one.stores })
    await two.app.fetch(new Request('http://desk.test/health'))
    await one.clock.advance(60_000)
    const done = await one.task(task.id)
    expect([stateOf(done), said(done)]).toEqual(['completed', 'Oslo, then.'])
    expect(one.model.calls.length + two.model.calls.length).toBe(2)
    await one.clock.run()
    expect(keys(one.stores)).toBe(0)
  })

  it('is left to the expiry of the question in a component', async () => {
    const feature = interactiveTools(timed.options)
    const set = feature.setup({ target: 'wasm' } as never)
    expect([set.ports, set.tools?.length]).toEqual([undefined, 1])
    expect(set.middleware).toBeUndefined()
  })
})
