import {
  type AgentDefinition,
  type BudgetLimits,
  type Interrupt,
  PfError,
  reply,
  type StoredTask,
  suspend,
  type Tool,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { codeOf, loopHarness, texts } from '../../test/loop-harness'
import { createOpenAiChat } from '../openai/openai-chat'

const open = ({ facts }: StoredTask): Interrupt[] => (facts.interrupts ?? []).filter(({ status }) => status === 'open')

/** A tool that asks, and does nothing else but tell what was said. */
const asks = (repeatable: boolean): Tool => ({
  name: 'act',
  description: 'Asks',
  repeatable,
  run: (_, { answer }) =>
    answer === undefined ? suspend({ kind: 'input', prompt: 'Which city?' }) : `It is ${answer.payload}.`,
})
const pays: Tool = { name: 'act', description: 'Pays', needsApproval: true, run: () => 'paid' }
const handled: Partial<AgentDefinition> = {
  onMessage: async (_, { llm }) => reply.text((await llm.run({ prompt: 'x' })).text),
}

describe('a model that fails for a while right behind an answer', () => {
  const go = async (tool: Tool, answer: string, agent: Partial<AgentDefinition>) => {
    let isDown = false
    const test = loopHarness(
      ({ body }) => {
        if (isDown) return { status: 503 }
        const messages = body['messages'] as { role: string; content: string }[]
        const last = messages.at(-1)
        return last?.role === 'tool' ? { text: last.content } : { toolCalls: [{ name: 'act' }] }
      },
      { tools: [tool], ...agent },
    )
    const { task } = await test.send('go')
    isDown = true
    const failed = await test.send(answer, { taskId: task.id })
    isDown = false
    return { test, failed, again: () => test.send(answer, { taskId: task.id }) }
  }

  it.each<[string, Tool, string, Partial<AgentDefinition>, string]>([
    ['of a tool that only asks', asks(true), 'Rome', {}, 'It is Rome.'],
    ['of a tool that only asks, in a handler', asks(true), 'Rome', handled, 'It is Rome.'],
    ['that denies', pays, 'no', {}, 'The call was denied. Do not try it again.'],
    ['that denies, in a handler', pays, 'no', handled, 'The call was denied. Do not try it again.'],
  ])('asks again: an answer %s', async (_, tool, answer, agent, told) => {
    const { test, failed, again } = await go(tool, answer, agent)
    expect([failed.task.status.state, codeOf(failed), open(failed).length]).toEqual([
      'input-required',
      'PF_MODEL_OVERLOADED',
      1,
    ])
    const end = await again()
    expect([end.task.status.state, texts(end)]).toEqual(['completed', [told]])
    expect(test.events.filter(({ type }) => type === 'tool-result')).toHaveLength(1)
  })

  it.each<[string, Tool, string]>([
    ['has done something with the answer', asks(false), 'Rome'],
    ['was let run by it', pays, 'yes'],
  ])('fails the task where a tool %s: it is not done twice, and told', async (_, tool, answer) => {
    const { test, failed } = await go(tool, answer, {})
    expect([failed.task.status.state, codeOf(failed)]).toEqual(['failed', 'PF_MODEL_OVERLOADED'])
    expect(test.events.filter(({ type }) => type === 'tool-result')).toHaveLength(1)
  })
})

describe('an outage behind an answer', () => {
  const caught: Partial<AgentDefinition> = {
    onMessage: async (_, { llm, emit }) => {
      for (;;) {
        try {
          return reply.text((await llm.run({ prompt: 'x' })).text)
        } catch (error) {
          if (!PfError.is(error, 'PF_MODEL_OVERLOADED')) throw error
          emit({ type: 'custom', name: 'pf.model-out', value: {} })
        }
      }
    },
  }
  const outage = (agent: Partial<AgentDefinition>, budget: BudgetLimits) => {
    const state = { isDown: false, calls: 0 }
    const test = loopHarness(
      ({ body }) => {
        state.calls++
        if (state.isDown) return { status: 503 }
        const last = (body['messages'] as { role: string; content: string }[]).at(-1)
        return last?.role === 'tool' ? { text: last.content } : { toolCalls: [{ name: 'act' }] }
      },
      { tools: [asks(true)], budget, ...agent },
      { model: ({ model, baseUrl }) => createOpenAiChat({ model, baseUrl, attempts: 1 }) },
    )
    return { test, state }
  }

  it.each<[string, Partial<AgentDefinition>]>([
    ['model', {}],
    ['handler', handled],
  ])('takes no turns of the task (%s)', async (_, agent) => {
    const { test, state } = outage(agent, { turns: 2 })
    const { task } = await test.send('go')
    state.isDown = true
    for (let tried = 0; tried < 4; tried++) {
      const failed = await test.send('Rome', { taskId: task.id })
      expect([codeOf(failed), failed.facts.usage?.turns]).toEqual(['PF_MODEL_OVERLOADED', 1])
    }
    state.isDown = false
    const { task: end, facts } = await test.send('Rome', { taskId: task.id })
    expect([end.status.state, facts.usage?.turns]).toEqual(['completed', 2])
  })

  it('ends a run that tries for ever, all the same', async () => {
    const { test, state } = outage(caught, { turns: 3 })
    const { task } = await test.send('go')
    state.isDown = true
    state.calls = 0
    const end = await test.send('Rome', { taskId: task.id })
    expect([end.task.status.state, codeOf(end), state.calls]).toEqual(['failed', 'PF_BUDGET_EXCEEDED', 2])
  })
})
