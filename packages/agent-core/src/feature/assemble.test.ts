import { describe, expect, it } from 'vitest'
import type { Target } from '../error/unsupported-on-target-error'
import { agentEnginePort } from '../engine/agent-engine'
import { bind, type Port, port } from '../port/port'
import { runStorePort } from '../port/run-store'
import { checkTargets, orderFeatures, PortMap } from './assemble'
import { type AnyFeature, defineFeature } from './feature'

const ports = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, port<unknown>(name)])) as Record<
  string,
  Port<unknown>
>
const list = (names: string): Port<unknown>[] => names.split('').map((name) => ports[name] as Port<unknown>)
const feature = (name: string, provides = '', requires = '', optional = ''): AnyFeature =>
  defineFeature({
    name,
    targets: ['node', 'wasm'],
    provides: list(provides),
    requires: list(requires),
    optional: list(optional),
    setup: () => ({}),
  }) as AnyFeature
const order = (features: AnyFeature[], builtIn: Port<unknown>[] = []): string =>
  orderFeatures(features, builtIn)
    .map((one) => one.name)
    .join(' ')
const thrown = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('the order', () => {
  it.each<[string, AnyFeature[], string]>([
    ['stays as it is where nobody needs anybody', [feature('x'), feature('y'), feature('z')], 'x y z'],
    ['has providers first', [feature('x', '', 'a'), feature('y', 'a')], 'y x'],
    ['follows chains', [feature('x', '', 'a'), feature('y', 'a', 'b'), feature('z', 'b')], 'z y x'],
    ['has what is optional first, where it is there', [feature('x', '', '', 'ab'), feature('y', 'a')], 'y x'],
    [
      'stays otherwise',
      [feature('w'), feature('x', '', 'a'), feature('v'), feature('y', 'a'), feature('u')],
      'w y x v u',
    ],
    [
      'sets each up once',
      [feature('x', '', 'a'), feature('y', '', 'a'), feature('z', 'ab'), feature('v', '', 'ab')],
      'z x y v',
    ],
  ])('%s', (_, features, expected) => {
    expect(order(features)).toBe(expected)
  })

  it('takes what is built in for provided; a feature may provide it instead', () => {
    expect(order([feature('x', '', 'a')], list('a'))).toBe('x')
    expect(order([feature('x', '', 'a'), feature('y', 'a')], list('a'))).toBe('y x')
  })
})

describe('what can not be', () => {
  it('a port that nobody provides: the package is named where it is known', () => {
    expect(thrown(() => order([feature('x', '', 'a')]))).toMatchObject({
      code: 'PF_FEATURE_MISSING',
      message: 'Nothing provides a; "x" needs it. Pass a feature that provides it.',
      details: { port: 'a' },
    })
    const needsEngine = defineFeature({
      name: 'x',
      targets: ['node'],
      requires: [agentEnginePort as Port<unknown>, runStorePort as Port<unknown>],
      setup: () => ({}),
    })
    expect(thrown(() => orderFeatures([needsEngine as AnyFeature]))).toMatchObject({
      message: expect.stringMatching(
        /^Nothing provides pf.agent-engine; "x" needs it. Install @pf-agents\/llm-engine and pass llmEngine\(\)/,
      ) as string,
    })
  })

  it('two that provide the same, one that is there twice', () => {
    expect(thrown(() => order([feature('x', 'a'), feature('y', 'a')]))).toMatchObject({
      code: 'PF_FEATURE_CONFLICT',
      message: '"x" and "y" both provide a. Leave one of them out.',
    })
    expect(thrown(() => order([feature('x'), feature('x')]))).toMatchObject({
      code: 'PF_FEATURE_CONFLICT',
      message: 'The feature "x" is installed twice. Leave one of them out.',
    })
  })

  it('circles, through what is optional too', () => {
    expect(
      thrown(() =>
        order([feature('w', '', 'a'), feature('x', 'a', 'b'), feature('y', 'b', 'c'), feature('z', 'c', 'a')]),
      ),
    ).toMatchObject({ code: 'PF_FEATURE_CYCLE', message: 'Features require each other in a circle: x → y → z → x.' })
    expect(thrown(() => order([feature('x', 'a', '', 'b'), feature('y', 'b', 'a')]))).toMatchObject({
      code: 'PF_FEATURE_CYCLE',
      message: 'Features require each other in a circle: x → y → x.',
    })
    expect(thrown(() => order([feature('x', 'a', 'a')]))).toMatchObject({
      message: 'Features require each other in a circle: x → x.',
    })
  })

  it('a feature on a target it does not work on', () => {
    const only = (targets: Target[]): AnyFeature =>
      defineFeature({
        name: 'redis-storage',
        targets,
        unavailable: { reason: 'it needs TCP sockets', alternative: 'use spinStorage()' },
        setup: () => ({}),
      }) as AnyFeature
    expect(() => checkTargets([only(['node', 'wasm']), only(['node'])], 'node')).not.toThrow()
    expect(thrown(() => checkTargets([only(['node', 'wasm']), only(['node'])], 'wasm'))).toMatchObject({
      code: 'PF_TARGET_UNSUPPORTED',
      message: 'redis-storage does not work on wasm (only on node): it needs TCP sockets. Instead, use spinStorage().',
      feature: 'redis-storage',
      availableOn: ['node'],
    })
  })
})

describe('PortMap', () => {
  it('gives what is bound, the last of several; ports of one name are one port', () => {
    const map = new PortMap([bind(ports.a as Port<unknown>, 1), bind(ports.a as Port<unknown>, 2)])
    expect(map.get(port('a'))).toBe(2)
    map.bind(bind(ports.b as Port<unknown>, 0))
    expect(map.get(ports.b as Port<unknown>)).toBe(0)
    expect(map.find(ports.c as Port<unknown>)).toBeUndefined()
    expect(thrown(() => map.get(ports.c as Port<unknown>))).toMatchObject({
      code: 'PF_FEATURE_MISSING',
      message: 'Nothing provides c; it was asked for. Pass a feature that provides it.',
    })
  })
})
