import { Budget, type ContextRequest, type ModelMessage, PfError } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { createContextStrategy, priorityWindow } from '../src/index'
import { brokenPairs, count, tokensOf } from './check-prompt'
import { testContext, testModel, testRequest } from './request'

const counter = { name: 'thirds', count }
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const said = (text: string): ModelMessage => ({ role: 'assistant', content: [{ type: 'text', text }] })
const called = (id: string, text: string, name = 'search'): ModelMessage[] => [
  { role: 'assistant', content: [{ type: 'tool-call', toolCallId: id, name, arguments: '{}' }] },
  { role: 'tool', content: [{ type: 'tool-result', toolCallId: id, name, parts: [{ text }] }] },
]
const long = (index: number, words = 30): string =>
  Array.from({ length: words }, (_, at) => `w${index}x${at}`).join(' ')

/** A conversation of so many turns. */
function turns(many: number): ModelMessage[] {
  return [
    { role: 'system', text: 'Be brief.' },
    ...Array.from({ length: many }, (_, index) => [user(long(index)), said(long(index + 10_000))]).flat(),
    user('And now?'),
  ]
}

/** Plays a growing conversation and gives the prompts that were handed out. */
async function grow(
  strategy: ReturnType<typeof createContextStrategy>,
  many: number,
  contextWindow: number,
  more: Partial<ContextRequest> = {},
) {
  const model = testModel(contextWindow)
  const prompts: (readonly ModelMessage[])[] = []
  let state: ContextRequest['state']
  for (let turn = 1; turn <= many; turn++) {
    const messages = turns(turn)
    const result = await strategy.fit({
      ...testRequest(messages, contextWindow),
      model,
      ...more,
      ...(state !== undefined && { state }),
    })
    state = JSON.parse(JSON.stringify(result.state)) as never
    prompts.push(result.messages)
  }
  return prompts
}

/** Prompts that do not begin as the one before them did, its last message aside. */
function breaks(prompts: readonly (readonly ModelMessage[])[]): number {
  let count = 0
  for (const [at, prompt] of prompts.entries()) {
    const before = prompts[at - 1]?.slice(0, -1) ?? []
    if (JSON.stringify(prompt.slice(0, before.length)) !== JSON.stringify(before)) count++
  }
  return count
}

describe('fit', () => {
  it('hands on what fits, untouched', async () => {
    const request = testRequest(turns(3), 100_000)
    const result = await createContextStrategy().fit(request)
    expect(result.messages).toBe(request.messages)
    expect(result.removed).toBe(0)
  })

  it('cuts in big steps: of 200 turns, few change the front of the prompt', async () => {
    const prompts = await grow(createContextStrategy({ counter }), 200, 4_000)
    const cuts = breaks(prompts)
    // A turn has about 155 tokens, half of the room about 1,750: a cut every eleven turns or so.
    expect(cuts).toBeGreaterThan(10)
    expect(cuts).toBeLessThan(25)
    for (const prompt of prompts) expect(tokensOf(prompt, [])).toBeLessThanOrEqual(3_600)
  })

  it.each([0.2, 0.8])('cuts the more rarely, the lower the target (%s)', async (target) => {
    const cuts = breaks(await grow(createContextStrategy({ counter, target }), 200, 4_000))
    if (target < 0.5) expect(cuts).toBeLessThan(13)
    else expect(cuts).toBeGreaterThan(30)
  })

  it('keeps the front for priorities, too', async () => {
    const window = priorityWindow({ priority: (message) => (message.role === 'user' ? 1 : 0) })
    const prompts = await grow(createContextStrategy({ counter, window }), 200, 4_000)
    expect(breaks(prompts)).toBeLessThan(25)
    // All that the users said outlasts what they were told.
    const last = prompts.at(-1) ?? []
    expect(last.filter(({ role }) => role === 'user').length).toBeGreaterThan(
      last.filter(({ role }) => role === 'assistant').length,
    )
  })

  it('goes on with its cut where the oldest messages are not read any more', async () => {
    const strategy = createContextStrategy({ counter })
    const messages = turns(60)
    const first = await strategy.fit(testRequest(messages, 4_000))
    // Two turns more, and the first four messages are gone.
    const later = [messages[0] as ModelMessage, ...turns(62).slice(5)]
    const second = await strategy.fit({ ...testRequest(later, 4_000), state: first.state as never })
    const front = first.messages.slice(0, -1)
    expect(second.messages.slice(0, front.length)).toEqual(front)
  })

  it('forgets its cut where the history is another one', async () => {
    const strategy = createContextStrategy({ counter })
    const { state } = await strategy.fit(testRequest(turns(60), 4_000))
    const other = [user('Something else entirely.'), said('Fine.'), user('Go on.')]
    const result = await strategy.fit({ ...testRequest(other, 4_000), state: state as never })
    expect(result.messages).toEqual(other)
  })

  it('begins a task with the cut of the task before, in the same conversation alone', async () => {
    const strategy = createContextStrategy({ counter })
    const context = testContext()
    const first = await strategy.fit({ ...testRequest(turns(60), 4_000), context })
    const second = await strategy.fit({ ...testRequest(turns(61), 4_000), context })
    const front = first.messages.slice(0, -1)
    expect(second.messages.slice(0, front.length)).toEqual(front)
    const elsewhere = await strategy.fit({
      ...testRequest(turns(61), 4_000),
      context: testContext({ contextId: 'c2' }),
    })
    expect(elsewhere.messages.length).not.toBe(second.messages.length)
  })

  it('gives a lost result to a call, and leaves out a result of no call', async () => {
    const [call] = called('a', '')
    const stray = called('b', 'stray')[1] as ModelMessage
    const result = await createContextStrategy().fit(
      testRequest([user('Hi'), call as ModelMessage, user('Well?'), stray], 10_000),
    )
    expect(brokenPairs(result.messages)).toEqual([])
    expect(result.removed).toBe(2)
    expect(JSON.stringify(result.messages)).toContain('was lost')
  })

  it('keeps what is pinned, with the question it answers', async () => {
    const strategy = createContextStrategy({
      counter,
      pin: (message) => message.role === 'tool' && message.content.some(({ name }) => name === 'policy'),
    })
    const messages = [user('What is the policy?'), ...called('p', 'No refunds.', 'policy'), ...turns(60).slice(1)]
    const { messages: fitted } = await strategy.fit(testRequest(messages, 4_000))
    expect(fitted.slice(0, 3)).toEqual(messages.slice(0, 3))
    expect(fitted.length).toBeLessThan(40)
  })

  it('shows results in part rather than forget everything else for their sake', async () => {
    const messages = [...turns(4), ...called('a', long(1, 4_000))]
    const { messages: fitted, removed } = await createContextStrategy({ counter }).fit(testRequest(messages, 4_000))
    expect(fitted.length).toBe(messages.length)
    expect(removed).toBe(1)
    expect(tokensOf(fitted, [])).toBeLessThanOrEqual(3_600)
    expect(JSON.stringify(fitted)).toMatch(/\[\d+ of \d+ characters are left out here\.\]/)
  })

  it('shows the newest results in part where they are too long together', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const newest: ModelMessage[] = [
      {
        role: 'assistant',
        content: ids.map((toolCallId) => ({ type: 'tool-call', toolCallId, name: 'search', arguments: '{}' })),
      },
      {
        role: 'tool',
        content: ids.map((toolCallId, index) => ({
          type: 'tool-result',
          toolCallId,
          name: 'search',
          parts: [{ text: long(index, 350) }],
        })),
      },
    ]
    const { messages, removed } = await createContextStrategy({ counter }).fit(
      testRequest([user('All of them.'), ...newest], 4_000),
    )
    expect(tokensOf([user('All of them.'), ...newest], [])).toBeGreaterThan(4_500)
    expect(tokensOf(messages, [])).toBeLessThanOrEqual(3_600)
    expect(brokenPairs(messages)).toEqual([])
    // No more of them than it takes.
    expect(removed).toBeLessThan(ids.length)
  })

  it('says so where what has to stay is too long', async () => {
    const attempt = createContextStrategy({ counter }).fit(testRequest([user(long(1, 3_000))], 4_000))
    const error = await Promise.resolve(attempt).catch((thrown: unknown) => thrown)
    expect(PfError.is(error, 'PF_MODEL_CONTEXT_LENGTH') && error.details).toMatchObject({ room: 3_500, window: 4_000 })
  })

  it('says so where tools and answer leave no room', async () => {
    const tools = [{ name: 'big', description: long(1, 2_000), parameters: {} }]
    await expect(
      createContextStrategy({ counter }).fit(testRequest([user('Hi')], 4_000, { tools })),
    ).rejects.toMatchObject({ code: 'PF_MODEL_CONTEXT_LENGTH' })
  })

  it('learns from what the provider counted', async () => {
    const strategy = createContextStrategy({ counter })
    const messages = turns(18)
    const first = await strategy.fit(testRequest(messages, 4_000))
    expect(first.removed).toBe(0)
    // The provider counts half as much again: now it is too long.
    const lastUsage = { inputTokens: Math.round(tokensOf(first.messages, []) * 1.5) }
    const second = await strategy.fit({ ...testRequest(messages, 4_000), state: first.state as never, lastUsage })
    expect(second.removed).toBeGreaterThan(0)
    expect(tokensOf(second.messages, []) * 1.5).toBeLessThanOrEqual(3_600)
    // Another model has another tokenizer: what was learnt does not hold.
    const model = { ...testModel(4_000), modelId: 'other' }
    const third = await strategy.fit({
      ...testRequest(messages, 4_000),
      model,
      state: first.state as never,
      lastUsage,
      context: testContext({ contextId: 'c3' }),
    })
    expect(third.removed).toBe(0)
  })

  it('does not believe counts that are only a part', async () => {
    const strategy = createContextStrategy({ counter })
    const first = await strategy.fit(testRequest(turns(18), 4_000))
    const second = await strategy.fit({
      ...testRequest(turns(40), 4_000),
      state: first.state as never,
      lastUsage: { inputTokens: 12 },
    })
    expect(tokensOf(second.messages, []) * 0.8).toBeLessThanOrEqual(3_600)
  })

  it('makes it shorter where the provider said that it was too long', async () => {
    const strategy = createContextStrategy({ counter })
    const first = await strategy.fit(testRequest(turns(18), 4_000))
    const second = await strategy.fit({
      ...testRequest(turns(18), 4_000),
      state: first.state as never,
      overflowed: true,
    })
    expect(tokensOf(second.messages, [])).toBeLessThan(tokensOf(first.messages, []) * 0.7)
    // And remembers.
    const third = await strategy.fit({ ...testRequest(turns(19), 4_000), state: second.state as never })
    expect(tokensOf(third.messages, [])).toBeLessThan(tokensOf(first.messages, []))
  })

  it('keeps room for the answer that is asked for', async () => {
    const { messages } = await createContextStrategy({ counter }).fit(
      testRequest(turns(60), 4_000, { maxOutputTokens: 2_000 }),
    )
    expect(tokensOf(messages, [])).toBeLessThanOrEqual(1_600)
  })

  it('reads no state of another version or strategy, and none that is broken', async () => {
    const strategy = createContextStrategy({ counter })
    const fresh = await strategy.fit(testRequest(turns(30), 4_000))
    for (const state of [
      { version: 2 },
      { version: 1, strategy: 'other', ratio: 3 },
      'x',
      null,
      { version: 1, strategy: strategy.name, cut: {}, short: [], ratio: 'a' },
    ]) {
      expect((await strategy.fit({ ...testRequest(turns(30), 4_000), state })).messages).toEqual(fresh.messages)
    }
  })

  it('reads each text a fixed number of times, however long the history', async () => {
    const costs: number[] = []
    for (const many of [100, 200, 400, 800]) {
      let read = 0
      const counting = { name: 'counting', count: (text: string) => ((read += text.length), count(text)) }
      const messages = [
        ...turns(many),
        ...Array.from({ length: many }, (_, index) => called(`c${index}`, long(index, 300))).flat(),
      ]
      const strategy = createContextStrategy({ counter: counting, offload: true })
      await strategy.fit(testRequest(messages, 8_000, { context: testContext({ budget: new Budget() }) }))
      costs.push(read / JSON.stringify(messages).length)
    }
    for (const cost of costs) expect(cost).toBeLessThan(4)
    expect((costs.at(-1) ?? 0) / (costs[0] ?? 1)).toBeLessThan(1.2)
  })
})
