import { describe, expect, it } from 'vitest'
import { silentModel } from '../../test/silent-model'
import { harness } from '../../test/harness'
import { defineAgent } from '../agent/agent'
import { defineSkill } from '../agent/skill'
import { PortMap } from '../feature/assemble'
import { anonymous } from '../port/scope'
import { reply } from '../reply/reply'
import { createTestPorts } from '../testing/test-ports'
import { createRuntime } from './create-runtime'

const about = { name: 'a', description: 'b', version: '1' }

describe('createRuntime', () => {
  it('refuses a model without an engine, and names the package', () => {
    const agent = defineAgent({ ...about, model: silentModel })
    expect(() => createRuntime(agent, createTestPorts().ports)).toThrow(
      expect.objectContaining({
        code: 'PF_FEATURE_MISSING',
        message:
          'Nothing provides pf.agent-engine; the agent "a" has a model. Install @pf-agents/llm-engine and pass llmEngine(): to createApp in its list, to a preset as `add: [llmEngine()]`. The presets pfAgent (Node) and spinAgent (component) have it.',
      }) as Error,
    )
  })

  it('refuses to begin without a store', () => {
    expect(() => createRuntime(defineAgent({ ...about, onMessage: () => 'x' }), new PortMap())).toThrow(
      expect.objectContaining({ code: 'PF_FEATURE_MISSING', details: { port: 'pf.run-store' } }) as Error,
    )
  })

  it('refuses a schema that could not be used, when the agent is served and not when it is called', () => {
    const skill = defineSkill({ id: 's', name: 's', description: 's', input: { type: 'text' }, handler: () => 'x' })
    expect(() => createRuntime(defineAgent({ ...about, skills: [skill] }), createTestPorts().ports)).toThrow(
      expect.objectContaining({ code: 'PF_CONFIG_INVALID' }) as Error,
    )
  })
})

describe('what belongs to whom', () => {
  it('tasks are read, listed, canceled and gone on with by their principal and in their tenant alone', async () => {
    const agent = { onMessage: () => reply.inputRequired({ prompt: '?' }) }
    const test = harness(agent, { runtime: { tenant: 'a' } })
    const other = harness(agent, { stores: test.stores, runtime: { tenant: 'b' } })
    const { key } = await test.sendTask()
    expect(key).toEqual({ tenant: 'a', principalId: 'anonymous', taskId: key.taskId })
    for (const [runtime, principal] of [
      [test.runtime, { id: 'eve' }],
      [other.runtime, anonymous],
    ] as const) {
      expect(await runtime.task(key.taskId, principal)).toBeUndefined()
      expect((await runtime.list({ principal, pageSize: 9 })).total).toBe(0)
      await expect(runtime.cancel(key.taskId, principal)).rejects.toMatchObject({
        code: 'PF_TASK_NOT_FOUND',
        details: { taskId: key.taskId },
      })
      await expect(
        runtime.submit({
          message: { messageId: 'm', role: 'user', parts: [{ text: 'x' }], taskId: key.taskId },
          principal,
        }).outcome,
      ).rejects.toMatchObject({ code: 'PF_TASK_NOT_FOUND' })
    }
    expect((await test.runtime.task(key.taskId, anonymous))?.task.status.state).toBe('input-required')
  })

  it('lists what the query asks for', async () => {
    const test = harness({
      onMessage: ({ text }) => (text === 'ask' ? reply.inputRequired({ prompt: '?' }) : reply.completed()),
    })
    for (const [text, contextId] of [
      ['ask', 'c'],
      ['do', 'c'],
      ['do', 'd'],
    ] as const) {
      await test.sendTask(text, { contextId })
      await test.clock.advance(1)
    }
    const count = async (query: object): Promise<number> =>
      (await test.runtime.list({ principal: anonymous, pageSize: 9, ...query })).total
    expect([
      await count({}),
      await count({ contextId: 'c' }),
      await count({ state: 'completed' }),
      await count({ contextId: 'c', state: 'completed' }),
    ]).toEqual([3, 2, 2, 1])
    const first = await test.runtime.list({ principal: anonymous, pageSize: 2 })
    const { next } = first
    const second = await test.runtime.list({ principal: anonymous, pageSize: 2, ...(next && { after: next }) })
    expect([...first.tasks, ...second.tasks].map((one) => one.task.contextId)).toEqual(['d', 'c', 'c'])
    expect(second.next).toBeUndefined()
  })
})
