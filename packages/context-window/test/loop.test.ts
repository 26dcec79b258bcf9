// The feature as agents use it: the app, the model loop, the runtime; a scripted model that refuses broken histories.
import {
  type AgentDefinition,
  type AgentRuntime,
  anonymous,
  defineAgent,
  defineFeature,
  defineTool,
  jsonSchema,
  type ModelMessage,
  PfError,
  type Principal,
  type StoredTask,
  suspend,
} from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom, testMessage } from '@pf-agents/agent-core/testing'
import { createApp } from '@pf-agents/app'
import { llmEngine } from '@pf-agents/llm-engine'
import { mockModel, type MockTurnSource } from '@pf-agents/testing'
import { describe, expect, it } from 'vitest'
import { brokenPairs } from './check-prompt'
import { contextWindow, type ContextWindowOptions, conversationMemory, createTokenEstimator } from '../src/index'

const window = 6_000
const { count } = createTokenEstimator()
const page = (name: string): string => Array.from({ length: 300 }, (_, at) => `${name}${at}`).join(' ')

const fetchPage = defineTool({
  name: 'fetch_page',
  description: 'Fetches a page.',
  input: jsonSchema<{ name: string }>({ type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }),
  run: ({ name }) => page(name),
})

function setUp(
  turns: readonly MockTurnSource[],
  options: ContextWindowOptions = {},
  more: Partial<AgentDefinition> = {},
) {
  const model = mockModel({ turns: turns.map(counted), profile: { contextWindow: window, maxOutputTokens: 500 } })
  const agent = defineAgent({
    name: 'reader',
    description: 'Reads',
    version: '1.0.0',
    instructions: 'Read.',
    model,
    tools: [fetchPage],
    ...more,
  })
  let runtime: AgentRuntime | undefined
  const probe = defineFeature({
    name: 'probe',
    targets: ['node', 'wasm'],
    setup: ({ agents }) => ({
      ready: () => {
        runtime = agents[0]?.runtime
      },
    }),
  })
  const clock = createFakeClock()
  const app = createApp(agent, [probe, llmEngine({ maxTurns: 50 }), contextWindow(options), conversationMemory()], {
    target: 'node',
    clock,
    random: createSeededRandom(),
    logger: { log: () => {} },
  })
  const live = runtime as unknown as AgentRuntime
  return {
    app,
    model,
    async send(
      text: string,
      { taskId, contextId, principal = anonymous }: { taskId?: string; contextId?: string; principal?: Principal } = {},
    ) {
      const message = testMessage(text, { ...(taskId && { taskId }), ...(contextId && { contextId }) })
      return (await clock.until(live.submit({ message, principal }).outcome)).task as StoredTask
    },
  }
}

/** A turn that says what the provider counted: the prompt as JSON, more than there is. */
const counted =
  (turn: MockTurnSource): MockTurnSource =>
  async (call, number) => {
    const made = typeof turn === 'function' ? await turn(call, number) : turn
    const usage = { inputTokens: sizeOf(call.messages), outputTokens: 5 }
    return typeof made === 'string' ? { text: made, usage } : { ...made, usage }
  }

const fetching = (name: string): MockTurnSource => ({ toolCalls: [{ name: 'fetch_page', arguments: { name } }] })
const sizeOf = (messages: readonly ModelMessage[]): number => count(JSON.stringify(messages))
const stateOf = ({ task }: StoredTask) => task.status.state
const lastResult = (messages: readonly ModelMessage[]): string => {
  const last = messages.at(-1)
  return last?.role === 'tool' ? JSON.stringify(last.content[0]?.parts) : ''
}

describe('a long run', () => {
  it('of many tasks has the calls of those before, never one without its result', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `page${index}word`)
    const test = setUp(names.flatMap((name) => [fetching(name), `Read ${name}.`]))
    for (const name of names)
      expect(stateOf(await test.send(`Read ${name}, please.`, { contextId: 'c' }))).toBe('completed')
    const callsIn = (messages: readonly ModelMessage[]): number =>
      messages
        .flatMap((one) => (one.role === 'assistant' ? one.content : []))
        .filter(({ type }) => type === 'tool-call').length
    for (const { messages } of test.model.calls) {
      expect(brokenPairs(messages)).toEqual([])
      expect(sizeOf(messages)).toBeLessThan(window)
    }
    expect(callsIn(test.model.calls[2]?.messages ?? [])).toBe(1)
    const last = test.model.calls.at(-1)?.messages ?? []
    expect(callsIn(last)).toBeGreaterThan(1)
    expect(callsIn(last)).toBeLessThan(names.length)
  })

  it('stays within the window of its model', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `page${index}word`)
    const test = setUp([...names.map(fetching), 'All read.'])
    expect(stateOf(await test.send('Read all pages.'))).toBe('completed')
    expect(test.model.calls.length).toBe(21)
    for (const { messages } of test.model.calls) {
      expect(sizeOf(messages)).toBeLessThan(window)
      expect(JSON.stringify(messages)).toContain('Read all pages.')
    }
    // All of it together would be several windows long.
    expect(names.reduce((sum, name) => sum + count(page(name)), 0)).toBeGreaterThan(3 * window)
  })

  it('reads back what was put aside', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `page${index}word`)
    const test = setUp(
      [
        ...names.map(fetching),
        ({ messages }) => {
          const id = /id \\"(r\w+)\\"/.exec(JSON.stringify(messages))?.[1] as string
          return { toolCalls: [{ name: 'read_tool_result', arguments: { id, find: 'word299' } }] }
        },
        'Found.',
      ],
      { offload: { minTokens: 300 } },
    )
    expect(stateOf(await test.send('Read all pages.'))).toBe('completed')
    expect(test.model.calls[0]?.tools?.map(({ name }) => name)).toContain('read_tool_result')
    expect(lastResult(test.model.calls.at(-1)?.messages ?? [])).toMatch(/page(\d+)word298 page\1word299/)
    for (const { messages } of test.model.calls) expect(sizeOf(messages)).toBeLessThan(window)
  })

  it('goes on with the same prompt after a question', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `page${index}word`)
    const wait = defineTool({
      name: 'wait',
      description: 'Waits.',
      input: jsonSchema({ type: 'object' }),
      run: (_, { answer }) => (answer === undefined ? suspend({ kind: 'input', prompt: 'Go on?' }) : 'Go on.'),
    })
    const script = [...names.map(fetching), { toolCalls: [{ name: 'wait' }] }, 'Done.']
    const test = setUp(script, {}, { tools: [fetchPage, wait] })
    const waiting = await test.send('Read all pages.')
    expect(stateOf(waiting)).toBe('input-required')
    expect(stateOf(await test.send('yes', { taskId: waiting.task.id }))).toBe('completed')
    const [before, after] = test.model.calls.slice(-2).map(({ messages }) => messages)
    expect(after?.slice(0, before?.length)).toEqual(before)
  })

  it('is shortened once more where the provider counts differently', async () => {
    // This provider counts twice what the estimator does.
    const strict =
      (turn: MockTurnSource): MockTurnSource =>
      (call, number) => {
        if (sizeOf(call.messages) * 2 > window) return { error: new PfError('PF_MODEL_CONTEXT_LENGTH') }
        return typeof turn === 'function' ? turn(call, number) : turn
      }
    const names = Array.from({ length: 4 }, (_, index) => `page${index}word`)
    let next = 0
    const turns = Array.from({ length: 12 }, () =>
      strict((call) => {
        const done = call.messages.filter(({ role }) => role === 'tool').length
        return next < names.length && done >= 0 ? fetchingOf(names[next++] as string) : 'All read.'
      }),
    )
    const test = setUp(turns)
    expect(stateOf(await test.send('Read all pages.'))).toBe('completed')
    expect(test.model.calls.length).toBeGreaterThan(5)
    expect(sizeOf(test.model.calls.at(-1)?.messages ?? []) * 2).toBeLessThanOrEqual(window)
  })
})

const fetchingOf = (name: string) => ({ toolCalls: [{ name: 'fetch_page', arguments: { name } }] })

describe('a long conversation', () => {
  it('begins the next task with the front of the one before', async () => {
    const test = setUp(Array.from({ length: 60 }, (_, index) => page(`answer${index}word`).slice(0, 900)))
    for (let turn = 0; turn < 40; turn++)
      expect(stateOf(await test.send(`Question ${turn}?`, { contextId: 'talk' }))).toBe('completed')
    const prompts = test.model.calls.map(({ messages }) => messages)
    let breaks = 0
    for (const [at, prompt] of prompts.entries()) {
      const front = prompts[at - 1]?.slice(0, -1) ?? []
      if (JSON.stringify(prompt.slice(0, front.length)) !== JSON.stringify(front)) breaks++
      expect(sizeOf(prompt)).toBeLessThan(window)
    }
    expect(breaks).toBeGreaterThan(0)
    expect(breaks).toBeLessThan(8)
  })
})

describe('memory', () => {
  it('lasts beyond the conversation, for its principal alone', async () => {
    const recall: MockTurnSource = { toolCalls: [{ name: 'recall', arguments: { query: 'allergy nuts' } }] }
    const test = setUp([
      { toolCalls: [{ name: 'remember', arguments: { text: 'Ines is allergic to nuts.' } }] },
      'Noted.',
      recall,
      'No nuts.',
      recall,
      'I do not know.',
    ])
    const ines: Principal = { id: 'ines' }
    await test.send('I am allergic to nuts', { principal: ines })
    await test.send('What may I eat?', { principal: ines })
    expect(lastResult(test.model.calls[3]?.messages ?? [])).toContain('Ines is allergic to nuts.')
    await test.send('What may I eat?', { principal: { id: 'bo' } })
    expect(lastResult(test.model.calls[5]?.messages ?? [])).toContain('Nothing was found.')
  })
})

describe('the feature', () => {
  it('asks its host for what it uses', () => {
    const needs = { outbound: ['https://models.test'], secrets: ['KEY'] }
    const summarizer = { name: 'own', needs, keep: () => [] }
    expect(contextWindow({ window: summarizer, offload: true }).needs).toEqual({ ...needs, keyValue: true })
    expect(contextWindow().provides.map(({ name }) => name)).toEqual(['pf.context-strategy'])
    expect(conversationMemory({ tools: false }).provides.map(({ name }) => name)).toEqual(['pf.memory'])
  })
})
