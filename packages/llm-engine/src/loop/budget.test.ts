import {
  bind,
  type BudgetLimits,
  httpClientPort,
  type LanguageModel,
  type ModelProfile,
  type ModelStreamPart,
  type ModelUsage,
  type Tool,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { codeOf, type LoopHarness, loopHarness } from '../../test/loop-harness'
import { createFallbackModel } from '../model/fallback-model'
import { createOpenAiChat } from '../openai/openai-chat'
import type { FakeTurn } from '../testing'

const ping: Tool = { name: 'ping', description: 'Pings', run: () => 'pong' }
const long: FakeTurn = { text: 'word '.repeat(20_000), deltaLength: 50 }
const lengthOf = ({ events }: LoopHarness): number =>
  events.reduce((sum, event) => sum + (event.type === 'text-delta' ? event.delta.length : 0), 0)
const priced =
  (profile: ModelProfile) =>
  (fields: { model: string; baseUrl: string }): LanguageModel =>
    createOpenAiChat({ ...fields, profile })
const asked = ({ provider }: LoopHarness, call = 0): unknown => provider.requests[call]?.body['max_completion_tokens']

describe('money inside a turn', () => {
  // A token of the answer is a tenth of a cent.
  const prices = { input: 1, output: 1000 }

  it('stops an answer that is certainly too dear, before its usage is told', async () => {
    const test = loopHarness([long], { budget: { costUsd: 0.5 } }, { model: priced({ prices }) })
    expect(codeOf(await test.send('go'))).toBe('PF_BUDGET_EXCEEDED')
    expect(lengthOf(test)).toBeLessThan(500 * 8 + 2048)
    // The provider is told of no more than can be paid.
    expect(asked(test)).toBe(500)
  })

  it('is counted where the answer broke off', async () => {
    const test = loopHarness(
      [{ text: 'abcdefgh'.repeat(100), fault: { after: 60, kind: 'cut' } }],
      { budget: { costUsd: 5 } },
      { model: priced({ prices }) },
    )
    const { facts } = await test.send('go')
    expect(facts.usage?.outputTokens).toBeGreaterThan(50)
    expect(facts.usage?.costUsd).toBeGreaterThan(0.05)
  })

  describe('where another model answers', () => {
    const cheap = { input: 1, output: 2 }
    const fallback = (first: ModelProfile, second: ModelProfile | undefined, answer: FakeTurn) =>
      loopHarness(
        ({ body }) => (body['model'] === 'first' ? { status: 401 } : answer),
        { budget: { costUsd: 0.5 } },
        {
          model: ({ baseUrl }) => {
            const { profile: _, ...other } = createOpenAiChat({ model: 'second', baseUrl, profile: second ?? {} })
            return createFallbackModel([
              createOpenAiChat({ model: 'first', baseUrl, profile: first }),
              second === undefined ? other : { ...other, profile: second },
            ])
          },
        },
      )

    it('is counted by what that one costs', async () => {
      const test = fallback({ prices }, { prices: cheap }, { ...long, usage: { outputTokens: 25_000 } })
      const { task, facts } = await test.send('go')
      expect([task.status.state, facts.usage?.costUsd]).toEqual(['completed', expect.closeTo(0.05, 3)])
    })

    it('stops one that is too dear, before its usage is told', async () => {
      const test = fallback({ prices: cheap }, { prices }, long)
      expect(codeOf(await test.send('go'))).toBe('PF_BUDGET_EXCEEDED')
      expect(lengthOf(test)).toBeLessThan(500 * 8 + 2048)
    })

    it('is counted where that one broke off', async () => {
      const broken: FakeTurn = { text: 'abcdefgh'.repeat(100), fault: { after: 60, kind: 'cut' } }
      const { facts } = await fallback({ prices: cheap }, { prices }, broken).send('go')
      expect(facts.usage?.costUsd).toBeGreaterThan(0.05)
    })

    it('is not guessed where that one has no price', async () => {
      const { task, facts } = await fallback({ prices }, undefined, long).send('go')
      expect([task.status.state, facts.usage?.costUsd]).toEqual(['completed', undefined])
    })
  })
})

describe('tokens that a provider says nothing of', () => {
  const silent = (turns: () => readonly ModelStreamPart[]): LanguageModel => ({
    provider: 'silent',
    modelId: 'silent',
    async *stream() {
      yield { type: 'response-start', provider: 'silent', modelId: 'silent', warnings: [] }
      yield* turns()
    },
  })
  const turn: ModelStreamPart[] = [
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'x'.repeat(1600) },
    { type: 'text-end', id: '0' },
    { type: 'tool-call-start', toolCallId: 'c', name: 'ping' },
    { type: 'tool-call-end', toolCallId: 'c', name: 'ping', arguments: '{}', complete: true },
    { type: 'finish', finish: { reason: 'tool-calls', complete: true }, usage: {} },
  ]

  it('are estimated, so that the budget holds all the same', async () => {
    let calls = 0
    const model = silent(() => (calls++, turn))
    const test = loopHarness([], { model, tools: [ping], budget: { tokens: 2500 } })
    const task = await test.send('go')
    expect([codeOf(task), calls]).toEqual(['PF_BUDGET_EXCEEDED', 4])
    expect(task.facts.usage).toMatchObject({ outputTokens: 1600 })
  })

  it.each([-1e6, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '0', null])(
    'are estimated where a model tells of %s: no figure switches a budget off',
    async (figure) => {
      const odd = { inputTokens: figure, outputTokens: figure, costUsd: figure } as unknown as ModelUsage
      let calls = 0
      const odder = (part: ModelStreamPart): ModelStreamPart[] =>
        part.type === 'finish'
          ? [
              { type: 'usage', usage: odd },
              { ...part, usage: odd },
            ]
          : [part]
      const model = silent(() => (calls++, turn.flatMap(odder)))
      const test = loopHarness([], { model, tools: [ping], budget: { tokens: 2500 } })
      const task = await test.send('go')
      expect([codeOf(task), calls]).toEqual(['PF_BUDGET_EXCEEDED', 4])
      expect(task.facts.usage).toMatchObject({ outputTokens: 1600 })
      expect(task.facts.usage).not.toHaveProperty('costUsd')
      const own = { ...model, profile: { prices: { input: 1, output: 1000 } } }
      const dear = loopHarness([], { model: own, tools: [ping], budget: { costUsd: 1 } })
      expect(codeOf(await dear.send('go'))).toBe('PF_BUDGET_EXCEEDED')
    },
  )

  it('are none where no answer began', async () => {
    const test = loopHarness([{ status: 400 }])
    expect((await test.send('go')).facts.usage).toEqual({ turns: 1 })
  })
})

interface Settings {
  budget?: BudgetLimits
  attempts?: number
  timeoutMs?: number
}

type Answer = (signal?: AbortSignal | null) => Promise<Response>

describe('a prompt to which no answer began', () => {
  const prompt = 'word '.repeat(2000)
  const refused = () => Promise.reject(new TypeError('fetch failed'))
  const silent = () => Promise.resolve(new Response(new ReadableStream(), { headers: { 'content-type': sse } }))
  const status = (code: number) => () => Promise.resolve(new Response('{}', { status: code }))
  const stalled = () => new Promise<Response>(() => {})
  const sse = 'text/event-stream'
  const modelOf =
    (attempts: number) =>
    (fields: { model: string; baseUrl: string }): LanguageModel =>
      createOpenAiChat({ ...fields, attempts, profile: { prices: { input: 1, output: 1 } } })
  /** What `fetch` does with a host that never connects. */
  const absent: Answer = (signal) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  const run = async (answer: Answer, { budget, attempts = 3, timeoutMs = 1000 }: Settings) => {
    let asked = 0
    const tool: Tool = {
      name: 't',
      description: 'Thinks',
      timeoutMs,
      run: async (_, { context }) => (await context.llm.run({ prompt, tools: [] })).text,
    }
    const turn: FakeTurn = { toolCalls: [{ name: 't' }], usage: { inputTokens: 5, outputTokens: 2 } }
    const model = loopHarness(({ body }) =>
      (body['messages'] as object[]).length < 8 ? turn : { text: 'Done.', usage: { inputTokens: 5, outputTokens: 2 } },
    )
    const test = loopHarness(
      [],
      { tools: [tool], ...(budget && { budget }) },
      {
        model: modelOf(attempts),
        bindings: [
          bind(httpClientPort, {
            fetch: (url, init) => {
              if (!String(init?.body).includes('word word')) return model.provider.fetch(url, init)
              asked++
              return answer(init?.signal)
            },
          }),
        ],
      },
    )
    return { task: await test.send('go'), asked: () => asked }
  }

  it.each([
    ['the response has begun', silent],
    ['it was not refused yet', stalled],
  ])('counts once the call is aborted, where %s', async (_, answer) => {
    const { task, asked } = await run(answer, { budget: { tokens: 6000 } })
    expect([codeOf(task), asked()]).toEqual(['PF_BUDGET_EXCEEDED', 3])
    expect(task.facts.usage?.inputTokens).toBeGreaterThan(3 * 2400)
    expect(task.facts.usage?.costUsd).toBeGreaterThan(0.007)
  })

  it('counts each time that what had begun took too long', async () => {
    const { task, asked } = await run(silent, { budget: { tokens: 6000 }, timeoutMs: 10_000_000 })
    expect([codeOf(task), asked()]).toEqual(['PF_BUDGET_EXCEEDED', 3])
    expect(task.facts.usage?.inputTokens).toBeGreaterThan(3 * 2400)
  })

  it.each<[string, Answer]>([
    ['nobody there', absent],
    ['refused', refused],
    ['429', status(429)],
    ['503', status(503)],
    ['400', status(400)],
  ])('does not count where it was turned away: %s, aborted or not', async (_, answer) => {
    for (const timeoutMs of answer === absent ? [1_000_000] : [1, 1_000_000]) {
      const { task, asked } = await run(answer, { attempts: 2, timeoutMs })
      expect([task.task.status.state, asked() > 0]).toEqual(['completed', true])
      expect(task.facts.usage?.inputTokens).toBeLessThan(100)
    }
  })
})

describe('prompts that begin at the same time', () => {
  it.each([{ tokens: 50_000 }, { costUsd: 0.05 }])(
    'are no more than the budget (%j) is certain to bear',
    async (budget) => {
      const test = loopHarness(
        () => ({ text: 'Hi', usage: { inputTokens: 20_000, outputTokens: 1 } }),
        {
          budget,
          async onMessage(_, { llm }) {
            const prompt = 'words '.repeat(13_333)
            const all = await Promise.all(
              Array.from({ length: 10 }, (__, at) => llm.run({ prompt: `${at} ${prompt}` })),
            )
            return all.map(({ text }) => text).join()
          },
        },
        { model: priced({ prices: { input: 1, output: 1 } }) },
      )
      expect(codeOf(await test.send('go'))).toBe('PF_BUDGET_EXCEEDED')
      expect(test.provider.requests.length).toBeLessThan(5)
    },
  )
})

describe('tokens that an answer is asked to have', () => {
  it.each<[string, object, object, ModelProfile, number | undefined]>([
    ['what the settings say', {}, { maxOutputTokens: 77 }, {}, 77],
    ['what is left, where that is less', { tokens: 60 }, { maxOutputTokens: 77 }, {}, 60],
    ['what is left', { tokens: 1000 }, {}, { maxOutputTokens: 32_000 }, 1000],
    [
      'not what is left, where the model can not answer as much',
      { tokens: 90_000 },
      {},
      { maxOutputTokens: 32_000 },
      undefined,
    ],
    ['not what is left, where that may be more than the model can', { tokens: 90_000 }, {}, {}, undefined],
    ['nothing, without a budget', {}, {}, { maxOutputTokens: 32_000 }, undefined],
  ])('are %s', async (_, budget, settings, profile, most) => {
    const test = loopHarness([{ text: 'Hi' }], { budget }, { loop: { settings }, model: priced(profile) })
    await test.send('go')
    expect(asked(test)).toBe(most)
  })

  it('are no more than a model that is fallen back on can give', async () => {
    const test = loopHarness(
      ({ body }) => (body['model'] === 'big' ? { status: 401 } : { text: 'Hi' }),
      { budget: { tokens: 50_000 } },
      {
        model: ({ baseUrl }) =>
          createFallbackModel(
            ['big', 'small', 'unknown'].map((model, at) =>
              createOpenAiChat({
                model,
                baseUrl,
                profile: [{ maxOutputTokens: 128_000 }, { maxOutputTokens: 8192 }][at] ?? {},
              }),
            ),
          ),
      },
    )
    await test.send('go')
    expect([asked(test, 0), asked(test, 1)]).toEqual([50_000, 8192])
  })
})
