import { Budget, keyValuePort, type ModelMessage, PfError } from '@pf-agents/agent-core'
import { mockModel, type MockTurnSource } from '@pf-agents/testing'
import { describe, expect, it } from 'vitest'
import { createContextStrategy, summarizingWindow } from '../src/index'
import { count, tokensOf } from './check-prompt'
import { testContext, type TestContext, testRequest } from './request'

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const said = (text: string): ModelMessage => ({ role: 'assistant', content: [{ type: 'text', text }] })
const long = (index: number): string => Array.from({ length: 30 }, (_, at) => `w${index}x${at}`).join(' ')
const turns = (many: number): ModelMessage[] => [
  ...Array.from({ length: many }, (_, index) => [user(long(index)), said(long(index + 10_000))]).flat(),
  user('And now?'),
]

async function fit(script: readonly MockTurnSource[], context: TestContext = testContext(), many = 40) {
  const model = mockModel({ turns: script, profile: { contextWindow: 20_000 } })
  const strategy = createContextStrategy({
    counter: { name: 'thirds', count },
    window: summarizingWindow({ model, summaryTokens: 100 }),
  })
  const result = await strategy.fit(testRequest(turns(many), 4_000, { context }))
  return { ...result, model, context, strategy }
}

const first = (messages: readonly ModelMessage[]): string =>
  messages[0]?.role === 'user' && messages[0].content[0]?.type === 'text' ? messages[0].content[0].text : ''

describe('summaries', () => {
  it('stand in front of what is left, made of what is gone, and count against the budget', async () => {
    const { messages, model, context } = await fit(['They spoke of w0x0.'])
    expect(first(messages)).toBe('<summary of the conversation before>\nThey spoke of w0x0.\n</summary>')
    const asked = JSON.stringify(model.calls[0]?.messages)
    expect(asked).toContain(long(0))
    expect(asked).not.toContain(long(39))
    expect(model.calls[0]?.tools).toBeUndefined()
    expect(model.calls[0]?.maxOutputTokens).toBe(100)
    expect(context.used).toEqual([{ type: 'usage', usage: { inputTokens: 10, outputTokens: 5 } }])
    expect(tokensOf(messages, [])).toBeLessThanOrEqual(3_600)
  })

  it('go on with the one before', async () => {
    const one = await fit(['One.', 'Two.'])
    const { messages } = await one.strategy.fit({
      ...testRequest(turns(80), 4_000, { context: one.context }),
      state: one.state as never,
    })
    expect(first(messages)).toContain('Two.')
    expect(JSON.stringify(one.model.calls[1]?.messages)).toContain('<memory>\\nOne.\\n</memory>')
  })

  it('are cut where they are too long', async () => {
    const { messages } = await fit(['word '.repeat(3_000)])
    expect(count(first(messages))).toBeLessThan(130)
  })

  it.each<[string, MockTurnSource]>([
    ['the model fails', { error: 'PF_MODEL_OVERLOADED' }],
    ['the model breaks off', { text: 'They', error: 'PF_MODEL_INTERRUPTED' }],
    ['the provider refuses', { text: 'No.', finish: 'content-filter' }],
    ['nothing is said', { text: ' ' }],
  ])('are done without where %s', async (_, turn) => {
    const { messages, context } = await fit([turn])
    expect(first(messages)).toBe(first(turns(40).slice(40 * 2 - messages.length + 1)))
    expect(context.logs).toMatchObject([{ level: 'warn', message: 'Older messages are left out without a summary.' }])
    expect(tokensOf(messages, [])).toBeLessThanOrEqual(3_600)
  })

  it('keep the old one where a new one can not be made', async () => {
    const one = await fit(['One.', { error: 'PF_MODEL_TIMEOUT' }])
    const { messages } = await one.strategy.fit({
      ...testRequest(turns(80), 4_000, { context: one.context }),
      state: one.state as never,
    })
    expect(first(messages)).toContain('One.')
  })

  it('are not even asked for where the budget has no room', async () => {
    const { model, context, messages } = await fit([], testContext({ budget: new Budget({ tokens: 500 }) }))
    expect(model.calls.length).toBe(0)
    expect(messages.length).toBeGreaterThan(5)
    expect(context.logs[0]?.fields?.['error']).toMatch(/more than the budget has left/)
  })

  it.each([
    ['cost more than it has left', 0.000_01],
    ['may cost anything and nothing is left', 0],
  ])('are not asked for either where they %s', async (_, costUsd) => {
    const model = mockModel({
      turns: ['Summary.'],
      profile: { contextWindow: 20_000, ...(costUsd > 0 && { prices: { input: 1, output: 4 } }) },
    })
    const window = summarizingWindow({ model, summaryTokens: 100 })
    const strategy = createContextStrategy({ counter: { name: 'thirds', count }, window })
    const context = testContext({ budget: new Budget({ costUsd }) })
    const { messages } = await strategy.fit(testRequest(turns(40), 4_000, { context }))
    expect([model.calls.length, context.used]).toEqual([0, []])
    expect(messages.length).toBeGreaterThan(5)
    expect(context.logs[0]?.fields?.['error']).toMatch(/A summary costs .*, more than the budget has left/)
  })

  it('count what they cost by the prices of their model', async () => {
    const model = mockModel({
      turns: [{ text: 'Summary.', usage: { inputTokens: 1_000, outputTokens: 100 } }],
      profile: { contextWindow: 20_000, prices: { input: 1, output: 4 } },
    })
    const strategy = createContextStrategy({
      counter: { name: 'thirds', count },
      window: summarizingWindow({ model, summaryTokens: 100 }),
    })
    const context = testContext({ budget: new Budget({ costUsd: 1 }) })
    await strategy.fit(testRequest(turns(40), 4_000, { context }))
    expect(context.used).toMatchObject([{ usage: { costUsd: 0.0014 } }])
  })

  it('are kept for the next task where they are paid for with more than was left', async () => {
    const paid = { text: 'Paid.', usage: { inputTokens: 10, outputTokens: 5, costUsd: 0.02 } }
    const spent = testContext({ budget: new Budget({ costUsd: 0.01 }) })
    await expect(fit([paid], spent)).rejects.toSatisfy((error) => PfError.is(error, 'PF_BUDGET_EXCEEDED'))
    const next = testContext({ keyValue: spent.services.get(keyValuePort), budget: new Budget({ costUsd: 0.01 }) })
    const { messages, model } = await fit([], next)
    expect(first(messages)).toContain('Paid.')
    expect(model.calls.length).toBe(0)
  })

  it('end the run where they use more than the budget, and where the run is aborted', async () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 1 }
    const over = fit([{ text: 'One.', usage }], testContext({ budget: new Budget({ tokens: 100_000 }) }))
    await expect(over).rejects.toSatisfy((error) => PfError.is(error, 'PF_BUDGET_EXCEEDED'))
    const abort = new AbortController()
    const stalled = fit([{ text: 'On', stall: true }], testContext({ signal: abort.signal }))
    abort.abort(new PfError('PF_RUN_CANCELED'))
    await expect(stalled).rejects.toSatisfy((error) => PfError.is(error, 'PF_RUN_CANCELED'))
  })

  it('stand for what they could be made of, where the budget ends in between', async () => {
    const usage = { inputTokens: 3_000, outputTokens: 100 }
    const model = mockModel({
      turns: (_, number) => ({ text: `Summary ${number}.`, usage }),
      profile: { contextWindow: 4_000 },
    })
    const window = summarizingWindow({ model, summaryTokens: 100, maxCalls: 3 })
    const strategy = createContextStrategy({ counter: { name: 'thirds', count }, window })
    const context = testContext({ budget: new Budget({ tokens: 5_000 }) })
    const { messages } = await strategy.fit(testRequest(turns(400), 4_000, { context }))
    expect(model.calls.length).toBe(1)
    expect(first(messages)).toContain('Summary 1.')
    expect(context.logs).toMatchObject([{ message: 'Older messages are left out with a summary of some.' }])
  })

  it('are made in several calls where one can not take it all, and in no more than is allowed', async () => {
    const model = mockModel({ turns: (_, number) => `Summary ${number}.`, profile: { contextWindow: 4_000 } })
    const window = summarizingWindow({ model, summaryTokens: 100, maxCalls: 3 })
    const strategy = createContextStrategy({ counter: { name: 'thirds', count }, window })
    const { messages } = await strategy.fit(testRequest(turns(400), 4_000))
    expect(model.calls.length).toBe(3)
    expect(first(messages)).toContain('Summary 3.')
  })
})
