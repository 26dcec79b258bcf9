import { describe, expect, it } from 'vitest'
import { silentModel } from '../../test/silent-model'
import type { AgentDefinition } from './agent'
import { defineAgent } from './agent'
import { mergeNeeds, secret } from './needs'
import { defineSkill } from './skill'

const base = { name: 'a', description: 'b', version: '1', onMessage: () => 'x' }
const skill = defineSkill({ id: 's', name: 'S', description: 'd', handler: () => 'x' })

describe('defineAgent', () => {
  it.each<[Partial<AgentDefinition>, string]>([
    [{ name: '' }, 'The agent needs a name.'],
    [{ description: undefined as unknown as string }, 'The agent needs a description.'],
    [{ version: 1 as unknown as string }, 'The agent needs a version.'],
    [{ skills: [skill, skill] }, 'Two skills have the id "s".'],
    [{ skills: [{ ...skill, id: '' }] }, 'Every skill needs an id and a name.'],
    [
      { skills: [{ id: 's', name: 'S', description: 'd', tags: [] }] },
      'The skill "s" has no handler, and the agent has no model that could do it.',
    ],
    [
      { onMessage: undefined as never },
      'The agent can not answer: give it onMessage, a skill with a handler, or a model.',
    ],
    [{ needs: { outbound: ['example.com'] } }, '"example.com" does not name outbound hosts.'],
    [{ needs: { memoryMb: 0 } }, 'The limit memoryMb must be a number above 0.'],
    [{ deadlineMs: -1 }, 'The limit deadlineMs must be a number above 0.'],
    [{ budget: { turns: Number.NaN } }, 'The limit turns must be a number above 0.'],
  ])('refuses %j', (wrong, message) => {
    expect(() => defineAgent({ ...base, ...wrong })).toThrow(
      expect.objectContaining({
        code: 'PF_CONFIG_INVALID',
        message: expect.stringContaining(message) as string,
      }) as Error,
    )
  })

  it('fills in what the card needs, and can not be changed', () => {
    const agent = defineAgent(base)
    expect(agent).toMatchObject({
      skills: [],
      inputModes: ['text/plain', 'application/json'],
      outputModes: ['text/plain', 'application/json'],
    })
    expect(() => Object.assign(agent, { name: 'other' })).toThrow(TypeError)
    expect(
      defineAgent({
        ...base,
        onMessage: undefined as never,
        model: silentModel,
        skills: [{ id: 's', name: 'S', description: 'd', tags: [] }],
      }).skills,
    ).toHaveLength(1)
  })
})

describe('mergeNeeds', () => {
  it('adds up what an agent and its features need', () => {
    expect(
      mergeNeeds([
        { outbound: ['https://a'], secrets: ['A', secret('B')], variables: { x: { default: '1' } }, keyValue: true },
        undefined,
        {
          outbound: ['https://b', 'https://a'],
          secrets: ['B', 'C'],
          variables: { y: {} },
          keyValue: ['other', 'default'],
          memoryMb: 128,
        },
        { memoryMb: 32, keyValue: false },
      ]),
    ).toEqual({
      outbound: ['https://a', 'https://b'],
      secrets: ['A', 'B', 'C'],
      variables: { x: { default: '1' }, y: {} },
      keyValue: ['default', 'other'],
      memoryMb: 128,
    })
    // What is optional to one of them only is needed.
    const maybe = (name: string) => secret(name, { optional: true })
    expect(
      mergeNeeds([
        {
          secrets: [maybe('A'), maybe('B')],
          variables: { x: { optional: true }, y: { optional: true, default: '1' } },
        },
        { secrets: [maybe('A'), 'B'], variables: { x: {}, y: { optional: true } } },
      ]),
    ).toMatchObject({
      secrets: ['A', 'B'],
      optionalSecrets: ['A'],
      variables: { x: {}, y: { optional: true, default: '1' } },
    })
    expect(mergeNeeds([])).toEqual({ outbound: [], variables: {}, secrets: [], keyValue: [], memoryMb: 64 })
  })

  it('keeps the first word on a variable, and adds what it lacks', () => {
    expect(
      mergeNeeds([
        { variables: { x: { default: 'agent' } } },
        { variables: { x: { default: 'feature', description: 'd' } } },
      ]).variables,
    ).toEqual({ x: { default: 'agent', description: 'd' } })
    const { variables } = mergeNeeds([
      { variables: JSON.parse('{"__proto__":{"default":"x"}}') as Record<string, { default: string }> },
    ])
    expect(Object.keys(variables)).toEqual(['__proto__'])
  })
})
