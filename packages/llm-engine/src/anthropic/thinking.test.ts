import type { ModelCall, ModelMessage, ReasoningEffort } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, named, read } from '../../test/harness'
import { createAnthropic } from './anthropic'

describe('how hard to think', () => {
  const bodyOf = async (model: string, call: Partial<ModelCall>) => {
    const host = hostOf({ body: named({ type: 'message_stop' }) })
    await read(createAnthropic({ model, host, attempts: 1 }), { ...hello, ...call })
    return JSON.parse(host.bodies[0] as string) as Record<string, unknown>
  }
  it.each<[string, ReasoningEffort, number | undefined, object | undefined, object | undefined]>([
    ['claude-opus-4-6', 'high', undefined, { type: 'adaptive' }, { effort: 'high' }],
    ['claude-sonnet-4-6', 'low', undefined, { type: 'adaptive' }, { effort: 'low' }],
    ['claude-something-9', 'max', undefined, { type: 'adaptive' }, { effort: 'max' }],
    // Up to 4.5: on a budget, which leaves room for the rest of the answer.
    ['claude-opus-4-5', 'low', undefined, { type: 'enabled', budget_tokens: 2048 }, { effort: 'low' }],
    ['claude-opus-4-5-20251101', 'xhigh', undefined, { type: 'enabled', budget_tokens: 24_576 }, { effort: 'high' }],
    ['claude-opus-4-5', 'max', undefined, { type: 'enabled', budget_tokens: 24_576 }, { effort: 'high' }],
    ['claude-opus-4-6', 'max', undefined, { type: 'adaptive' }, { effort: 'max' }],
    ['claude-sonnet-4-5', 'low', undefined, { type: 'enabled', budget_tokens: 2048 }, undefined],
    ['claude-sonnet-4-5-20250929', 'max', undefined, { type: 'enabled', budget_tokens: 24_576 }, undefined],
    ['claude-opus-4-1-20250805', 'medium', undefined, { type: 'enabled', budget_tokens: 8192 }, undefined],
    ['claude-haiku-4-5', 'high', 4000, { type: 'enabled', budget_tokens: 3000 }, undefined],
    ['claude-haiku-4-5', 'high', 400, undefined, undefined],
    ['claude-sonnet-4-5', 'none', undefined, { type: 'disabled' }, undefined],
  ])('%s, %s, of %s tokens', async (model, effort, maxOutputTokens, thinking, output) => {
    const body = await bodyOf(model, {
      reasoning: { effort },
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    })
    expect([body['thinking'], body['output_config']]).toEqual([thinking, output])
    const { budget_tokens: budget = 0 } = (thinking ?? {}) as { budget_tokens?: number }
    expect(body['max_tokens']).toBeGreaterThan(budget)
  })

  it.each([
    // What is left of a budget comes as maxOutputTokens: it is never passed for the sake of thinking.
    ['claude-sonnet-4-5', 10_000, 4000, 4000, 3000],
    ['claude-sonnet-4-5', 3900, 4000, 4000, 3900],
    // Nor is what the model can answer.
    ['claude-sonnet-4-5', 100_000, undefined, 64_000, 48_000],
    ['m', 100_000, undefined, 104_096, 100_000],
  ])('%s on %s tokens, of %s for the answer', async (model, budgetTokens, maxOutputTokens, most, budget) => {
    const body = await bodyOf(model, { reasoning: { budgetTokens }, ...(maxOutputTokens && { maxOutputTokens }) })
    expect([body['max_tokens'], body['thinking']]).toEqual([most, { type: 'enabled', budget_tokens: budget }])
  })

  const tools = [{ name: 'f', parameters: { type: 'object' } }]
  it.each<[string, Partial<ModelCall>, object | undefined, string, string | undefined]>([
    ['claude-opus-4-6', { toolChoice: 'required' }, undefined, 'any', 'thinking was left out'],
    ['claude-sonnet-4-6', { toolChoice: { tool: 'f' } }, undefined, 'tool', 'thinking was left out'],
    ['claude-opus-4-6', { toolChoice: { allowed: ['f'], required: true } }, undefined, 'tool', 'thinking was left out'],
    ['claude-opus-4-6', { toolChoice: 'auto' }, { type: 'adaptive' }, 'auto', undefined],
    ['claude-opus-4-6', { toolChoice: 'none' }, { type: 'adaptive' }, 'none', undefined],
    [
      'claude-opus-4-6',
      { toolChoice: 'required', reasoning: { effort: 'none' } },
      { type: 'disabled' },
      'any',
      undefined,
    ],
    [
      'claude-opus-4-5',
      { toolChoice: 'required' },
      { type: 'enabled', budget_tokens: 16_384 },
      'auto',
      'model chooses',
    ],
    // These always think, and are not to be forced.
    ['claude-fable-5-1', { toolChoice: 'required' }, { type: 'adaptive' }, 'auto', 'model chooses'],
    ['claude-opus-5-5-20261001', { toolChoice: 'required' }, { type: 'adaptive' }, 'auto', 'model chooses'],
    ['claude-sonnet-5-20260901', { toolChoice: 'required' }, undefined, 'any', 'thinking was left out'],
  ])('%s with %j', async (model, call, thinking, choice, warning) => {
    const host = hostOf({ body: '{}', status: 400 })
    const { error } = await read(createAnthropic({ model, host, attempts: 1 }), {
      ...hello,
      tools,
      reasoning: { effort: 'high' },
      ...call,
    })
    const body = JSON.parse(host.bodies[0] as string) as Record<string, object>
    expect([body['thinking'], body['tool_choice']]).toEqual([thinking, expect.objectContaining({ type: choice })])
    const { details = {} } = error as { details?: { warnings?: string[] } }
    expect(details.warnings).toEqual(warning && [expect.stringContaining(warning)])
  })

  it('nothing is to be cleared of thoughts where there are none', async () => {
    const clear = { type: 'clear_thinking_20251015' }
    const uses = { type: 'clear_tool_uses_20250919' }
    const edits = async (model: string, call: Partial<ModelCall>, all: object[] = [clear, uses]) => {
      const host = hostOf({ body: '{}', status: 400 })
      const providerOptions = { context_management: { edits: all } }
      await read(createAnthropic({ model, host, attempts: 1, providerOptions }), { ...hello, tools, ...call })
      return (JSON.parse(host.bodies[0] as string) as Record<string, unknown>)['context_management']
    }
    const reasoning = { effort: 'high' } as const
    const turn: ModelMessage[] = [
      ...hello.messages,
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 't', name: 'f', arguments: '{}' }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't', name: 'f', parts: [{ text: 'ok' }] }] },
    ]
    const without = { edits: [uses] }
    expect(await edits('claude-sonnet-4-5', { reasoning, messages: turn })).toEqual(without)
    expect(await edits('claude-opus-4-6', { reasoning, toolChoice: 'required' })).toEqual(without)
    expect(await edits('claude-sonnet-4-5', { reasoning: { effort: 'none' } })).toEqual(without)
    expect(await edits('claude-sonnet-4-5', { reasoning, maxOutputTokens: 500 })).toEqual(without)
    expect(await edits('claude-sonnet-4-5', { reasoning, messages: turn }, [clear])).toEqual({ edits: [] })
    // Where it thinks, or may think unasked, they stay.
    for (const call of [{ reasoning }, {}])
      expect(await edits('claude-opus-4-6', call)).toEqual({ edits: [clear, uses] })
    expect(await edits('claude-opus-4-6', { reasoning, messages: turn })).toEqual({ edits: [clear, uses] })
  })
})
