import { describe, expect, it } from 'vitest'
import { silentModel } from '../../test/silent-model'
import { artifactTexts, failureCode, harness, statusText } from '../../test/harness'
import { defineSkill } from '../agent/skill'
import { type AgentEngine, agentEnginePort } from '../engine/agent-engine'
import { bind } from '../port/port'
import { reply } from '../reply/reply'
import { jsonSchema } from '../schema/schema'
import { skillExtensionUri } from './routing'

const says = (id: string) => defineSkill({ id, name: id, description: id, handler: () => reply.text(`skill ${id}`) })
const [a, b] = [says('a'), says('b')]
const onMessage = (): string => 'onMessage'
const model = silentModel
const engine: AgentEngine = { name: 'loop', start: () => reply.text('model'), resume: () => reply.text('model again') }
const withEngine = { bindings: [bind(agentEnginePort, engine)] }
const named = (id: unknown) => ({ metadata: { [skillExtensionUri]: id as string } })
const everything = { skills: [a, b], route: () => 'b', onMessage, model }

async function answered(test: ReturnType<typeof harness>, fields = {}): Promise<string | undefined> {
  const { message, task } = await test.send('hello', fields)
  return message === undefined ? (statusText(task) ?? artifactTexts(task).join()) : message.parts[0]?.text
}

describe('the rules, first match wins', () => {
  it('1: a follow-up goes to the skill that owns the task, whatever else the message says', async () => {
    const asks = defineSkill({
      id: 'asks',
      name: 'Asks',
      description: 'Asks',
      handler: (_input, { slots }) =>
        slots.day === undefined ? reply.inputRequired({ prompt: 'Day?', slot: 'day' }) : reply.text(`day ${slots.day}`),
    })
    const test = harness({ ...everything, skills: [a, b, asks] }, withEngine)
    const { key, task } = await test.sendTask('hello', named('asks'))
    expect(task.status.state).toBe('input-required')
    const after = await test.sendTask('Monday', { taskId: key.taskId, ...named('a') })
    expect(artifactTexts(after)).toEqual(['day Monday'])
  })

  it('2: the skill that the metadata names', async () => {
    expect(await answered(harness(everything, withEngine), named('a'))).toBe('skill a')
  })

  it('2: refuses a skill it has not, and says which it has', async () => {
    const test = harness(everything, withEngine)
    const refused = {
      code: 'PF_SKILL_UNKNOWN',
      details: { skills: ['a', 'b'] },
      message: expect.stringContaining('It has: a, b.') as string,
    }
    await expect(test.send('hello', named('c'))).rejects.toMatchObject(refused)
    await expect(test.send('hello', named(7))).rejects.toMatchObject(refused)
    await expect(test.send('hello', named('__proto__'))).rejects.toMatchObject(refused)
    expect(test.stores.runStore.list({ scope: { tenant: '', principalId: 'anonymous' }, pageSize: 10 }).total).toBe(0)
  })

  it('3: the skill that `route` picks, at once or later, out of the message', async () => {
    expect(await answered(harness(everything, withEngine))).toBe('skill b')
    const later = harness(
      { ...everything, route: async (message) => (message.text === 'hello' ? 'a' : 'b') },
      withEngine,
    )
    expect(await answered(later)).toBe('skill a')
  })

  it('4: onMessage, where `route` picks none', async () => {
    expect(await answered(harness({ ...everything, route: () => undefined }, withEngine))).toBe('onMessage')
    const { route: _, ...rest } = everything
    expect(await answered(harness(rest, withEngine))).toBe('onMessage')
  })

  it('5: the model, and its run is a task', async () => {
    const test = harness({ skills: [a], model }, withEngine)
    expect(artifactTexts(await test.sendTask())).toEqual(['model'])
  })

  it('6: the only skill', async () => {
    expect(await answered(harness({ skills: [a] }))).toBe('skill a')
  })

  it('7: rejected, with the ids of the skills', async () => {
    const rejected = await harness({ skills: [a, b] }).sendTask()
    expect(rejected.task.status.state).toBe('rejected')
    expect(statusText(rejected)).toContain('Skills: a, b.')
    expect(statusText(rejected)).toContain(skillExtensionUri)
  })
})

describe('`route` going wrong', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('boom')
      },
    ],
  ])('fails the task where it %s', async (_, route) => {
    const test = harness({ skills: [a, b], route })
    const failed = await test.sendTask()
    expect(failed.task.status.state).toBe('failed')
    expect(failureCode(failed)).toBe('PF_INTERNAL')
    expect(statusText(failed)).toBe('The agent failed.')
    expect(test.logs.map((one) => one.fields.error).join()).toContain('boom')
  })

  it('tells no more of an unknown id than tells it apart', async () => {
    const test = harness({ skills: [a, b], route: () => 'x'.repeat(1_000_000) })
    const failed = await test.sendTask()
    expect(statusText(failed)).toBe(`The agent has no skill "${'x'.repeat(100)}…". It has: a, b.`)
    expect(JSON.stringify(test.logs).length).toBeLessThan(1000)
  })

  it('fails the task where it picks a skill that does not exist: a mistake of the agent, not of the caller', async () => {
    const failed = await harness({ skills: [a, b], route: () => 'x' }).sendTask()
    expect(failureCode(failed)).toBe('PF_SKILL_UNKNOWN')
  })

  it('fails the task it has begun itself, so that none is left working', async () => {
    const test = harness({
      skills: [a, b],
      route: (_message, context) => {
        void context.task
        throw new Error('boom')
      },
    })
    const failed = await test.sendTask()
    expect(failed.task.status.state).toBe('failed')
    expect(failed.lease).toBeUndefined()
  })

  it('ends at the deadline where it never answers', async () => {
    const failed = await harness({ skills: [a, b], route: () => new Promise(() => {}), deadlineMs: 50 }).sendTask()
    expect(failureCode(failed)).toBe('PF_RUN_TIMEOUT')
  })

  it('stores the skill of a task that it began itself', async () => {
    const asks = defineSkill({
      id: 'asks',
      name: 'asks',
      description: 'asks',
      handler: (_i, { slots }) =>
        slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : reply.text(`asks: ${slots.answer}`),
    })
    const test = harness({
      skills: [a, asks],
      route: async (_message, context) => {
        await context.startTask()
        return 'asks'
      },
    })
    const { key, facts } = await test.sendTask()
    expect(facts.skillId).toBe('asks')
    expect(artifactTexts(await test.sendTask('x', { taskId: key.taskId }))).toEqual(['asks: x'])
  })
})

describe("a skill's input", () => {
  const schema = jsonSchema<{ city: string; days?: number }>({
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city'],
  })
  const inputs: unknown[] = []
  const skill = (input?: unknown) =>
    defineSkill({
      id: 's',
      name: 'Weather',
      description: 's',
      ...(input !== undefined && { input: input as typeof schema }),
      handler: (given) => {
        inputs.push(given)
        return reply.text('ok')
      },
    })
  const givenTo = async (
    input: unknown,
    content: Parameters<ReturnType<typeof harness>['send']>[0],
  ): Promise<unknown> => {
    inputs.length = 0
    const { message, task } = await harness({ skills: [skill(input)] }).send(content)
    return message === undefined ? task.task.status.state : inputs[0]
  }

  it('is the one data part', async () => {
    expect(await givenTo(schema, { data: { city: 'Graz' } })).toEqual({ city: 'Graz' })
    expect(await givenTo(schema, [{ text: 'please' }, { data: { city: 'Graz' } }])).toEqual({ city: 'Graz' })
    expect(await givenTo(schema, [{ data: { city: 'Graz' } }, { data: { city: 'Linz' } }])).toBe('input-required')
  })

  it('is the text where the schema takes a string', async () => {
    expect(await givenTo({ type: 'string', minLength: 2 }, 'Graz')).toBe('Graz')
    expect(await givenTo({ type: ['string', 'null'] }, 'Graz')).toBe('Graz')
    expect(await givenTo({ enum: ['Graz', 1] }, 'Graz')).toBe('Graz')
    expect(await givenTo({ type: 'string', minLength: 2 }, 'G')).toBe('input-required')
    expect(await givenTo(schema, 'Graz')).toBe('input-required')
    expect(await givenTo({ type: 'string' }, [{ url: 'https://example.com/a' }])).toBe('input-required')
  })

  it('may be null, false, 0 or empty', async () => {
    expect(await givenTo({ type: 'null' }, { data: null })).toBe(null)
    expect(await givenTo({ type: 'boolean' }, { data: false })).toBe(false)
    expect(await givenTo({ type: 'integer' }, { data: 0 })).toBe(0)
    expect(await givenTo({ type: 'string' }, { data: '' })).toBe('')
    expect(await givenTo({ type: 'string' }, '')).toBe('')
  })

  it('is data or text where there is no schema', async () => {
    expect(await givenTo(undefined, { data: null })).toBe(null)
    expect(await givenTo(undefined, 'Graz')).toBe('Graz')
  })

  it('is asked for with the schema where it does not match, and then given to the handler', async () => {
    const test = harness({ skills: [skill(schema)] })
    const asked = await test.sendTask({ data: { city: 7 } })
    expect(asked.task.status.state).toBe('input-required')
    expect(statusText(asked)).toMatch(/^Weather needs its input: .*\/city/)
    expect(asked.facts.interrupts).toMatchObject([
      { kind: 'input', slot: 'input', schema: JSON.parse(JSON.stringify(schema)) as object, status: 'open' },
    ])

    const again = await test.sendTask('Graz', { taskId: asked.key.taskId })
    expect(again.task.status.state).toBe('input-required')

    inputs.length = 0
    const done = await test.sendTask({ data: { city: 'Graz', days: 2 } }, { taskId: asked.key.taskId })
    expect(done.task.status.state).toBe('completed')
    expect(inputs).toEqual([{ city: 'Graz', days: 2 }])
  })
})
