import { describe, expect, it } from 'vitest'
import { artifactTexts, failureCode, harness, statusText } from '../../test/harness'
import { defineSkill } from '../agent/skill'
import { PfError } from '../error/pf-error'
import { bind } from '../port/port'
import { type Llm, llmPort } from '../port/llm'
import { isSuspension, suspend } from '../tool/tool'
import { reply } from './reply'
import { ThrownReply } from './thrown-reply'

describe('a reply that is thrown', () => {
  it('ends the handler the way it says', async () => {
    const test = harness({
      onMessage: async () => {
        throw new ThrownReply(reply.rejected('Not that.'))
      },
    })
    const task = await test.sendTask('x')
    expect([task.task.status.state, statusText(task)]).toEqual(['rejected', 'Not that.'])
  })

  it('asks, and the handler runs again with the answer; out of a stream and synchronously, too', async () => {
    const ask = new ThrownReply(reply.inputRequired({ prompt: 'Which city?', slot: 'city' }))
    const answer = (city: unknown): string => {
      if (city === undefined) throw ask
      return `In ${String(city)}`
    }
    const skills = [
      defineSkill({ id: 'sync', name: 'S', description: 'S', handler: (_, { slots }) => answer(slots['city']) }),
      defineSkill({
        id: 'stream',
        name: 'S',
        description: 'S',
        async *handler(_: unknown, { slots }) {
          yield { type: 'step-start' as const, name: 'a' }
          yield reply.text(answer(slots['city']))
        },
      }),
    ]
    for (const { id } of skills) {
      const test = harness({ skills })
      const asked = await test.sendTask('x', { metadata: { 'urn:pf-agents:a2a:skill:v1': id } })
      expect(asked.task.status.state).toBe('input-required')
      expect(artifactTexts(await test.sendTask('Rome', { taskId: asked.task.id }))).toEqual(['In Rome'])
    }
  })

  it('that is no reply the runtime takes fails the run', async () => {
    const test = harness({
      onMessage: () => {
        throw new ThrownReply(reply.inputsRequired([]))
      },
    })
    expect(failureCode(await test.sendTask('x'))).toBe('PF_CONFIG_INVALID')
  })

  it('is known from another copy of the package', () => {
    const other = Object.defineProperty(new Error('x'), Symbol.for('pf-agents.thrown-reply'), { value: true })
    expect([ThrownReply.is(other), ThrownReply.is(new Error('x')), ThrownReply.is(null)]).toEqual([true, false, false])
  })
})

describe('ctx.llm', () => {
  it('says what to install where there is no engine', async () => {
    let caught: unknown
    const test = harness({
      onMessage: async (_, ctx) => {
        try {
          await ctx.llm.run()
        } catch (error) {
          caught = error
        }
      },
    })
    await test.send('x')
    expect(PfError.is(caught, 'PF_ENGINE_MISSING')).toBe(true)
    expect(String(caught)).toContain('Install @pf-agents/llm-engine')
  })

  it('is what the installed engine makes for the run', async () => {
    const llm = { run: async () => ({ text: 'hi', data: undefined, usage: {}, turns: 1 }) } as Llm
    const contexts: string[] = []
    const test = harness(
      { onMessage: async (_, ctx) => (await ctx.llm.run()).text, name: 'asker' },
      {
        bindings: [
          bind(llmPort, {
            for(context) {
              contexts.push(`${context.agent.name} ${String(context.skill)}`)
              return llm
            },
          }),
        ],
      },
    )
    expect((await test.send('x')).message?.parts).toEqual([{ text: 'hi' }])
    expect(contexts).toEqual(['asker undefined'])
  })
})

it('an engine may name the ids of its questions', async () => {
  const test = harness({
    onMessage: () => ({
      reply: 'suspended',
      state: 'input-required',
      interrupts: [
        { kind: 'approval', prompt: 'a', id: 'mine' },
        { kind: 'approval', prompt: 'b' },
      ],
    }),
  })
  const ids = (await test.sendTask('x')).facts.interrupts?.map(({ id }) => id)
  expect(ids).toEqual(['mine', expect.stringMatching(/^[0-9a-f-]{36}$/)])
})

it('a suspension is made by suspend() alone', () => {
  const question = { kind: 'input', prompt: 'x' } as const
  expect(isSuspension(suspend(question))).toBe(true)
  expect(suspend(question).suspend).toEqual(question)
  for (const other of [
    { suspend: question },
    JSON.parse(JSON.stringify(suspend(question))),
    null,
    'suspend',
    undefined,
  ])
    expect(isSuspension(other)).toBe(false)
})
