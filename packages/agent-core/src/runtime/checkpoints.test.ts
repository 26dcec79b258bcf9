// How a task goes on that an engine has suspended.
import { describe, expect, it } from 'vitest'
import { asking, cancelled, idsOf, resolved } from '../../test/asking'
import { artifactTexts, failureCode, type Harness, harness, statusText } from '../../test/harness'
import { silentModel } from '../../test/silent-model'
import { defineSkill } from '../agent/skill'
import { type AgentEngine, agentEnginePort, type EngineRun } from '../engine/agent-engine'
import type { Checkpoint } from '../engine/checkpoint'
import { PfError } from '../error/pf-error'
import { createMemoryStores } from '../memory/memory-stores'
import { bind } from '../port/port'
import { type Reply, reply } from '../reply/reply'
import type { RunContext } from './run-context'

/** A task that an engine other than the handler engine has suspended. */
async function suspended(
  resume: (run: EngineRun, checkpoint: Checkpoint) => Reply | Promise<Reply>,
): Promise<{ test: Harness; asked: Awaited<ReturnType<Harness['sendTask']>> }> {
  const engine: AgentEngine = {
    name: 'loop',
    start: () => ({
      reply: 'suspended',
      state: 'input-required',
      interrupts: [{ kind: 'approval', prompt: 'May I?', toolCallId: 'call-1' }],
      checkpoint: { engine: 'loop', schemaVersion: 3, data: { step: 7 } },
    }),
    resume,
  }
  const test = harness({ model: silentModel }, { bindings: [bind(agentEnginePort, engine)] })
  const asked = await test.sendTask()
  expect(asked.task.status.state).toBe('input-required')
  return { test, asked }
}

describe('checkpoints', () => {
  it('go back to the engine that wrote them, as they were', async () => {
    const seen: unknown[] = []
    const { test, asked } = await suspended((run, checkpoint) => {
      seen.push(checkpoint, run.context.answers)
      return reply.text('ok')
    })
    expect(asked.facts.checkpoint).toEqual({ engine: 'loop', schemaVersion: 3, data: { step: 7 } })
    const done = await test.sendTask('yes', { taskId: asked.key.taskId })
    expect(seen).toEqual([
      { engine: 'loop', schemaVersion: 3, data: { step: 7 } },
      [resolved(idsOf(asked)[0] as string, 'yes')],
    ])
    expect(done.facts.checkpoint).toBeUndefined()
  })

  it('without their engine, or their skill, leave the question open for a host that has it', async () => {
    const { test, asked } = await suspended(() => reply.text('ok'))
    const elsewhere = harness({ onMessage: () => 'x' }, { stores: test.stores, clock: test.clock })
    await expect(elsewhere.send('yes', { taskId: asked.key.taskId })).rejects.toMatchObject({
      code: 'PF_ENGINE_MISSING',
    })
    expect(test.load(asked.key.taskId)?.version).toBe(asked.version)

    const stores = createMemoryStores()
    const skill = (id: string) =>
      defineSkill({
        id,
        name: id,
        description: id,
        handler: (_i, { slots }) => (slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : 'done'),
      })
    const old = harness({ skills: [skill('old')] }, { stores })
    const waiting = await old.sendTask()
    const renamed = harness({ skills: [skill('new')] }, { stores })
    await expect(renamed.send('yes', { taskId: waiting.key.taskId })).rejects.toMatchObject({
      code: 'PF_ENGINE_MISSING',
      message: expect.stringContaining('"old"') as string,
    })
    expect(artifactTexts(await old.sendTask('yes', { taskId: waiting.key.taskId }))).toEqual(['done'])
  })

  it('of a newer version leave the question open, for a host that reads them', async () => {
    const test = asking([{ prompt: '?' }])
    const asked = await test.sendTask()
    const { key, version: expectedVersion } = asked
    const change = async (schemaVersion: number, expected: number) =>
      (
        await test.stores.runStore.commit({
          key,
          expectedVersion: expected,
          events: [],
          facts: { checkpoint: { ...(asked.facts.checkpoint as Checkpoint), schemaVersion } },
        })
      ).version
    const version = await change(2, expectedVersion)
    const refused = { code: 'PF_CHECKPOINT_SCHEMA', message: expect.stringContaining('has version 2') as string }
    await expect(test.send('x', { taskId: key.taskId })).rejects.toMatchObject(refused)
    expect(test.load(key.taskId)).toMatchObject({ version, task: asked.task })
    await change(1, version)
    expect(artifactTexts(await test.sendTask('x', { taskId: key.taskId }))).toEqual(['{"answer":"x"}'])
  })

  it('of engines that say what they read are looked at before the answer is taken', async () => {
    const { test, asked } = await suspended(() => reply.text('ok'))
    const older: AgentEngine = { name: 'loop', schemaVersion: 2, start: () => 'x', resume: () => 'x' }
    const options = { stores: test.stores, clock: test.clock, bindings: [bind(agentEnginePort, older)] }
    const elsewhere = harness({ model: silentModel }, options)
    await expect(elsewhere.send('yes', { taskId: asked.key.taskId })).rejects.toMatchObject({
      code: 'PF_CHECKPOINT_SCHEMA',
      message: expect.stringContaining('has version 3; the engine "loop" reads up to 2') as string,
    })
    expect(test.load(asked.key.taskId)?.version).toBe(asked.version)
    expect(artifactTexts(await test.sendTask('yes', { taskId: asked.key.taskId }))).toEqual(['ok'])
  })

  it('of a skill hold its input: the handler is given it again, made by its schema again', async () => {
    const inputs: unknown[] = []
    const date = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) => ({ value: new Date(value as string) }),
      },
    }
    const skill = defineSkill({
      id: 's',
      name: 's',
      description: 's',
      input: date,
      handler(input, { slots }) {
        inputs.push(input)
        return slots.sure === undefined ? reply.inputRequired({ prompt: 'Sure?', slot: 'sure' }) : reply.text('ok')
      },
    })
    const test = harness({ skills: [skill] })
    const asked = await test.sendTask('2026-05-01')
    expect(JSON.stringify(asked.facts.checkpoint?.data)).toBe('{"isCalled":true,"input":"2026-05-01"}')
    await test.sendTask('yes', { taskId: asked.key.taskId })
    expect(inputs).toEqual([new Date('2026-05-01'), new Date('2026-05-01')])
  })
})

describe('a resume that fails', () => {
  const busy = () => new PfError('PF_HTTP_FAILED', 'The model is busy: key sk-123', { retryable: true })

  it('for a reason that may pass opens the questions again, and the same answer then does it', async () => {
    let tries = 0
    const { test, asked } = await suspended((run) => {
      run.context.emit({ type: 'step-start', name: 'call' })
      if (++tries < 3) throw busy()
      return reply.text('at last')
    })
    const answers = [resolved(idsOf(asked)[0] as string, 'yes')]
    for (let attempt = 1; attempt < 3; attempt++) {
      const again = await test.sendTask('x', { taskId: asked.key.taskId }, { answers })
      expect(again.task.status.state).toBe('input-required')
      expect(again.facts.interrupts?.[0]).toMatchObject({ status: 'open' })
      expect(again.facts.interrupts?.[0]).not.toHaveProperty('answer')
      expect(again.facts.checkpoint).toEqual(asked.facts.checkpoint)
      expect(again.lease).toBeUndefined()
      expect(failureCode(again)).toBe('PF_HTTP_FAILED')
      expect(statusText(again)).toContain('May I?')
      expect(statusText(again)).not.toContain('sk-123')
    }
    expect(artifactTexts(await test.sendTask('x', { taskId: asked.key.taskId }, { answers }))).toEqual(['at last'])
  })

  it.each<[string, (context: RunContext) => Promise<never>]>([
    ['for good', () => Promise.reject(new PfError('PF_HTTP_FAILED', 'no'))],
    ['by a throw of its own', () => Promise.reject(new Error('boom'))],
    [
      'after it did something',
      (context) => {
        context.emit({ type: 'tool-call-start', toolCallId: 't', name: 'pay' })
        return Promise.reject(busy())
      },
    ],
  ])('%s fails the task', async (_, fail) => {
    const { test, asked } = await suspended((run) => fail(run.context))
    const failed = await test.sendTask('x', { taskId: asked.key.taskId })
    expect(failed.task.status.state).toBe('failed')
    expect(failed.facts.interrupts?.[0]?.status).toBe('answered')
  })

  it('is not opened again on the first run: nothing was answered', async () => {
    const test = harness({ onMessage: () => Promise.reject(busy()) })
    expect((await test.sendTask()).task.status.state).toBe('failed')
  })
})

describe('cancelled answers', () => {
  it('are told to other engines, which decide', async () => {
    const seen: unknown[] = []
    const { test, asked } = await suspended((run) => {
      seen.push(
        run.context.answers,
        run.context.interrupts.map((one) => one.status),
      )
      return reply.text('went on')
    })
    const done = await test.sendTask(
      'x',
      { taskId: asked.key.taskId },
      { answers: [cancelled(idsOf(asked)[0] as string)] },
    )
    expect(artifactTexts(done)).toEqual(['went on'])
    expect(seen).toEqual([[cancelled(idsOf(asked)[0] as string)], ['canceled']])
  })
})
