import { readFileSync } from 'node:fs'
import {
  type AnyFeature,
  bind,
  clockPort,
  compileSchema,
  conversationPort,
  defineAgent,
  defineFeature,
  defineSkill,
  type FeatureContext,
  type FeatureSetup,
  type Logger,
  jsonSchema,
  keyValuePort,
  PfError,
  port,
  reply,
  runStorePort,
  secret,
  toolSourcesPort,
} from '@pf-agents/agent-core'
import { bearer } from '@pf-agents/auth'
import { describe, expect, it, vi } from 'vitest'
import { appCore } from './app'
import { createApp } from './create-app'

const agent = defineAgent({
  name: 'a',
  description: 'd',
  version: '1',
  onMessage: (message) => reply.text(message.text),
})
const greeting = port<{ hello: string }>('test.greeting')

function feature(
  name: string,
  setup: (context: FeatureContext) => FeatureSetup,
  more: Partial<AnyFeature> = {},
): AnyFeature {
  return defineFeature({ name, targets: ['node', 'wasm'], setup, ...more })
}

const ok = () => new Response('ok')

describe('createApp', () => {
  it('sets features up behind what they require, and gives them its ports', () => {
    const seen: string[] = []
    const user = feature('user', () => ({}), { requires: [greeting] })
    const provider = feature('provider', () => ({ ports: [bind(greeting, { hello: 'hi' })] }), { provides: [greeting] })
    createApp(agent, [
      { ...user, setup: ({ ports }) => (seen.push(ports.get(greeting).hello), {}) },
      { ...provider, setup: (context) => (seen.push('provider'), provider.setup(context)) },
    ])
    expect(seen).toEqual(['provider', 'hi'])
  })

  it.each([
    [
      'PF_FEATURE_MISSING',
      /Nothing provides test.greeting; "user" needs it/,
      [feature('user', () => ({}), { requires: [greeting] })],
    ],
    ['PF_FEATURE_CONFLICT', /"one" is installed twice/, [feature('one', () => ({})), feature('one', () => ({}))]],
    [
      'PF_FEATURE_CONFLICT',
      /"one" and "two" both serve GET \/x\/:id/,
      [
        feature('one', () => ({ routes: [{ method: 'GET', path: '/x/:name', handle: ok }] })),
        feature('two', () => ({ routes: [{ method: 'GET', path: '/x/:id/', handle: ok }] })),
      ],
    ],
    [
      'PF_FEATURE_CONFLICT',
      /"app" both serve GET \/health|"one" and "app" both serve GET \/health/,
      [feature('one', () => ({ routes: [{ method: 'GET', path: '/health', handle: ok }] }))],
    ],
    [
      'PF_CONFIG_INVALID',
      /"\*" stands only at its end/,
      [feature('one', () => ({ routes: [{ method: 'GET', path: '/*/x', handle: ok }] }))],
    ],
    [
      'PF_FEATURE_MISSING',
      /provides pf.conversation and none pf.run-store/,
      [feature('one', () => ({}), { provides: [conversationPort] })],
    ],
    [
      'PF_CONFIG_INVALID',
      /"one" says that it provides test.greeting/,
      [feature('one', () => ({}), { provides: [greeting] })],
    ],
  ] as const)('refuses %s', (code, message, features) => {
    const make = () => createApp(agent, features)
    expect(make).toThrow(message)
    expect(make).toThrow(expect.objectContaining({ code }))
  })

  it('refuses features of another target, with the reason', () => {
    const spin = defineFeature({
      name: 'spin-storage',
      targets: ['wasm'],
      unavailable: { reason: 'it needs wasi:keyvalue', alternative: 'use sqliteStorage()' },
      setup: () => ({}),
    })
    expect(() => createApp(agent, [spin])).toThrow(
      'spin-storage does not work on node (only on wasm): it needs wasi:keyvalue. Instead, use sqliteStorage().',
    )
    expect(createApp(agent, [spin], { target: 'wasm' })[appCore].target).toBe('wasm')
  })

  it('reads no clock, no randomness and no variables', () => {
    const touched = (): never => {
      throw new Error('touched at creation')
    }
    const now = vi.spyOn(Date, 'now').mockImplementation(touched)
    const random = vi.spyOn(crypto, 'randomUUID').mockImplementation(touched)
    const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(touched)
    try {
      createApp(agent, [], { auth: [bearer({ accept: { a: secret('A') } })], variables: { get: touched } })
    } finally {
      for (const spy of [now, random, timer]) spy.mockRestore()
    }
  })

  it('calls ready once every feature is set up, with runtimes and cards there', () => {
    const order: string[] = []
    const one: AnyFeature = {
      ...feature('one', () => ({})),
      setup: ({ agents, cards }) => {
        expect(() => agents[0]?.runtime).toThrow('A feature used a runtime in its set-up')
        return {
          card: { one: true },
          ready: () => order.push(`${agents[0]?.runtime.activeRuns} runs, ${JSON.stringify(cards())}`),
        }
      },
    }
    createApp(agent, [one, feature('two', () => (order.push('two'), { card: { two: true } }))])
    expect(order).toEqual(['two', '0 runs, [{"one":true},{"two":true}]'])
  })

  it('closes in reverse, all of it, and once', async () => {
    const closed: string[] = []
    const closing = (name: string, fail = false) =>
      feature(name, () => ({
        close: () => {
          closed.push(name)
          if (fail) throw new Error('can not close')
        },
      }))
    const log = vi.fn<Logger['log']>()
    const app = createApp(agent, [closing('one'), closing('two', true), closing('three')], { logger: { log } })
    await Promise.all([app.close(), app.close()])
    expect(closed).toEqual(['three', 'two', 'one'])
    expect(log).toHaveBeenCalledWith('error', 'A feature could not be closed.', {
      error: expect.stringMatching(/^Error: can not close\n/) as string,
    })
  })

  it('closes what was set up where a later feature fails', async () => {
    const close = vi.fn<() => void>()
    const broken = feature('broken', () => {
      throw new PfError('PF_STORE_UNAVAILABLE', 'no disk')
    })
    expect(() => createApp(agent, [feature('one', () => ({ close })), broken])).toThrow('no disk')
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce())
  })

  it('lets a feature replace what is built in', () => {
    const clock = { now: () => 42, after: () => () => {} }
    const mine = feature('clock', () => ({ ports: [bind(clockPort, clock)] }), { provides: [clockPort] })
    let seen: unknown
    createApp(agent, [
      mine,
      {
        ...feature('reader', () => ({})),
        requires: [clockPort, keyValuePort],
        setup: ({ ports }) => ((seen = ports.get(clockPort)), {}),
      },
    ])
    expect(seen).toBe(clock)
  })

  it.each(['', 'a/b', 'ä', '..', 'a b'])('refuses "%s" as the name of a tenant', (name) => {
    expect(() => createApp({ tenants: { [name]: agent } }, [])).toThrow(/can not stand in a path/)
  })

  it('joins the tools of all features under the port of tool sources', () => {
    const source = (name: string) => ({ name, tools: () => [] })
    const seen: string[][] = []
    createApp(agent, [
      feature('one', () => ({ tools: [source('a'), source('b')] })),
      feature('reader', ({ ports }) => ({
        ready: () => void seen.push(ports.get(toolSourcesPort).map(({ name }) => name)),
      })),
      feature('two', () => ({ tools: [source('c')] })),
    ])
    expect(seen).toEqual([['a', 'b', 'c']])
  })

  it('refuses no tenants, and one that has the name of a route', () => {
    expect(() => createApp({ tenants: {} }, [])).toThrow('name at least one agent')
    expect(() => createApp({ tenants: { health: agent } }, [])).toThrow(
      'The tenant "health" has the name of the route /health',
    )
  })
})

describe('describe()', () => {
  const rich = defineAgent({
    name: 'rich',
    description: 'd',
    version: '2',
    provider: { organization: 'o', url: 'https://o.example' },
    skills: [
      defineSkill({
        id: 's',
        name: 'S',
        description: 'sd',
        tags: ['t'],
        input: jsonSchema({ type: 'string' }),
        handler: () => 'x',
      }),
    ],
    needs: { outbound: ['https://api.example.com'], secrets: [secret('KEY')], variables: { MODE: { default: 'x' } } },
  })

  it('is the definition: what the agent is, what it and its features need, what they add to the card', () => {
    const storage = feature(
      'storage',
      () => ({ ports: [bind(runStorePort, {} as never)], card: { capabilities: { x: true } } }),
      {
        provides: [runStorePort],
        needs: { keyValue: true, memoryMb: 128 },
        targets: ['node'],
      },
    )
    const app = createApp(rich, [storage], { auth: [bearer({ accept: { a: secret('TOKEN') } })] })
    const definition = JSON.parse(JSON.stringify(app.describe()))
    expect(definition).toMatchObject({
      schema: 'agent-definition.v1',
      name: 'rich',
      version: '2',
      skills: [{ id: 's', name: 'S', description: 'sd', tags: ['t'], input: { type: 'string' } }],
      needs: {
        outbound: ['https://api.example.com'],
        secrets: ['KEY', 'TOKEN'],
        variables: { MODE: { default: 'x' } },
        keyValue: ['default'],
        memoryMb: 128,
      },
      features: [{ name: 'storage', targets: ['node'] }],
      targets: ['node'],
      taskLifetime: 'stored',
    })
    expect(definition.card).toContainEqual({ capabilities: { x: true } })
    expect(definition.card[0]).toHaveProperty('securitySchemes.bearer')
  })

  it('is valid by the published schema, which refuses what is not', async () => {
    const file = new URL('../agent-definition.v1.json', import.meta.url)
    const schema = compileSchema(JSON.parse(readFileSync(file, 'utf8')))
    const component = createApp(agent, [], { target: 'wasm' })
    component[appCore].host({ world: 'spin' })
    for (const app of [createApp(rich, []), createApp({ tenants: { one: rich, two: agent } }, []), component]) {
      const definition = JSON.parse(JSON.stringify(app.describe()))
      expect(await schema.check(definition)).toEqual({ value: definition })
      expect(await schema.check({ ...definition, added: 'later' })).not.toHaveProperty('issues')
      for (const member of ['schema', 'name', 'skills', 'needs', 'taskLifetime', 'targets']) {
        expect(await schema.check({ ...definition, [member]: 7 })).toHaveProperty('issues')
      }
    }
  })

  it('says how long tasks can be read, and the world', () => {
    expect(createApp(agent, []).describe().taskLifetime).toBe('process')
    const component = createApp(agent, [], { target: 'wasm' })
    component[appCore].host({ world: 'wasi-http' })
    expect(component.describe()).toMatchObject({ taskLifetime: 'request', world: 'wasi-http' })
  })

  it('shows every tenant', () => {
    const { tenants, name } = createApp({ tenants: { one: rich, two: agent } }, []).describe()
    expect(name).toBe('rich')
    expect(Object.entries(tenants ?? {}).map(([tenant, one]) => [tenant, one.name])).toEqual([
      ['one', 'rich'],
      ['two', 'a'],
    ])
  })
})
