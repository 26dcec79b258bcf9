import {
  type AgentDefinition,
  type BudgetLimits,
  defineSkill,
  type LanguageModel,
  type ModelCall,
  type ModelStreamPart,
  type Skill,
} from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness } from '../../test/loop-harness'

/** A model that says twenty tokens every ten milliseconds, two hundred in all. Told `go` it calls eight skills. */
function slowModel() {
  const clock = createFakeClock()
  let calls = 0
  async function* stream({ messages, signal }: ModelCall): AsyncGenerator<ModelStreamPart> {
    calls++
    yield { type: 'response-start', provider: 'test', modelId: 'slow', warnings: [] }
    yield { type: 'usage', usage: { inputTokens: 10 } }
    const [first] = messages.filter(({ role }) => role === 'user')
    if (JSON.stringify(first).includes('go') && !messages.some(({ role }) => role === 'tool')) {
      for (let n = 0; n < 8; n++) {
        const toolCallId = `c${n}`
        yield { type: 'tool-call-start', toolCallId, name: 'sub' }
        yield { type: 'tool-call-end', toolCallId, name: 'sub', arguments: '{"input":"inner"}', complete: true }
      }
      yield {
        type: 'finish',
        finish: { reason: 'tool-calls', complete: true },
        usage: { inputTokens: 10, outputTokens: 1 },
      }
      return
    }
    yield { type: 'text-start', id: 't' }
    for (let n = 0; n < 10; n++) {
      await new Promise<void>((resolve) => void clock.after(10, resolve))
      if (signal?.aborted) throw signal.reason
      yield { type: 'text-delta', id: 't', delta: 'x'.repeat(80) }
    }
    yield { type: 'text-end', id: 't' }
    yield { type: 'finish', finish: { reason: 'stop', complete: true }, usage: { inputTokens: 10, outputTokens: 200 } }
  }
  const model: LanguageModel = {
    provider: 'test',
    modelId: 'slow',
    profile: { prices: { input: 1, output: 1 } },
    stream,
  }
  return { clock, model, calls: () => calls }
}

const agents: Record<string, Partial<AgentDefinition>> = {
  handler: {
    onMessage: async (_, { llm }) => {
      await Promise.all(Array.from({ length: 8 }, () => llm.run({ prompt: 'inner' })))
    },
  },
  skills: {
    skills: [defineSkill({ id: 'sub', name: 'Sub', description: 'Works', instructions: 'Work.' }) as Skill],
  },
}

describe.each(Object.keys(agents))('loops side by side (%s)', (kind) => {
  const run = async (budget: BudgetLimits) => {
    const { clock, model, calls } = slowModel()
    const test = loopHarness([], { ...agents[kind], budget }, { clock, model: () => model })
    const stored = await test.send('go')
    const { usage = {} } = stored.facts
    await clock.run()
    return { code: codeOf(stored), usage, calls: calls() }
  }

  it('begin no call that the turns do not pay for, and count those that were stopped', async () => {
    const { code, usage, calls } = await run({ turns: 3 })
    expect([code, calls, usage.turns]).toEqual(['PF_BUDGET_EXCEEDED', 3, 3])
    expect(usage.inputTokens).toBe(30)
  })

  it.each<[string, BudgetLimits]>([
    ['tokens', { tokens: 400 }],
    ['money', { costUsd: 0.0004 }],
  ])('are stopped once all of them together have used up the %s', async (_, budget) => {
    const { code, usage, calls } = await run(budget)
    const tokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
    expect([code, usage.turns]).toEqual(['PF_BUDGET_EXCEEDED', calls])
    // What one of them says between two looks at it is the most that is too much.
    expect(tokens).toBeLessThan(400 + 8 * 40)
  })

  it('are let be where it is enough for all', async () => {
    const { code, usage } = await run({ turns: 10, tokens: 2000 })
    expect([code, (usage.turns ?? 0) >= 8, usage.outputTokens]).toEqual([
      undefined,
      true,
      expect.toSatisfy((tokens: number) => tokens >= 1600),
    ])
  })
})

it('an answer that a cancel breaks off counts as far as it came', async () => {
  const { clock, model } = slowModel()
  const test = loopHarness([], {}, { clock, model: () => model })
  const one = test.submit('inner')
  clock.after(45, () => one.cancel())
  const { task } = await clock.until(one.outcome)
  expect([task?.task.status.state, task?.facts.usage]).toEqual([
    'canceled',
    { turns: 1, inputTokens: 10, outputTokens: 80, costUsd: expect.closeTo(0.00009, 7) },
  ])
})
