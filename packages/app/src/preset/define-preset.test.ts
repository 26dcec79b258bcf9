import {
  type AnyFeature,
  bind,
  createMemoryStores,
  defineAgent,
  defineFeature,
  type Port,
  reply,
  runStorePort,
  type Target,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { appCore } from '../app'
import { definePreset } from './define-preset'

const agent = defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => reply.text('x') })
const quiet = { logger: { log: () => {} } }

/** A factory whose features tell, by their needs, the options they were made with. */
const making =
  (name: string, targets: readonly Target[] = ['node', 'wasm']) =>
  (options: { tag?: string } = {}) =>
    defineFeature({
      name,
      targets,
      needs: { variables: { [`${name}:${options.tag ?? '-'}`]: {} } },
      unavailable: { reason: 'it needs a disk', alternative: 'use another' },
      setup: () => ({}),
    }) as AnyFeature
const storing =
  (name: string, targets: readonly Target[] = ['node', 'wasm']) =>
  (options: { tag?: string } = {}) => {
    const { runStore } = createMemoryStores()
    return {
      ...making(name, targets)(options),
      provides: [runStorePort as Port<unknown>],
      setup: () => ({ ports: [bind(runStorePort, runStore)] }),
    } as AnyFeature
  }

const desk = definePreset({
  name: 'desk',
  targets: ['node'],
  unavailable: { reason: 'it has a drawer', alternative: 'use a table' },
  features: {
    one: making('one'),
    two: making('two'),
    extra: { feature: making('extra'), enabled: false },
  },
})
const anywhere = definePreset({
  name: 'anywhere',
  targets: ['wasm', 'node'],
  features: { one: making('one') },
  storage: storing('own-storage'),
})
const elsewhere = definePreset({ ...anywhere.definition, storage: undefined as ReturnType<typeof storing> | undefined })

type Loose = (agents: unknown, options?: unknown) => ReturnType<typeof desk>
const madeOf = (preset: unknown, options: object = {}): string =>
  [...Object.keys((preset as Loose)(agent, { ...quiet, ...options })[appCore].needs.variables)].join(' ')
const thrown = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('the features of a preset', () => {
  const one = making('mine')({ tag: 'own' })
  it.each<[string, object, string]>([
    ['are all but those that wait to be turned on', {}, 'one:- two:-'],
    ['take options', { features: { two: { tag: 'x' } } }, 'one:- two:x'],
    ['can be switched off', { features: { one: false } }, 'two:-'],
    ['can be replaced', { features: { one } }, 'mine:own two:-'],
    ['can be turned on', { features: { extra: true } }, 'one:- two:- extra:-'],
    ['can be turned on by options', { features: { extra: { tag: 'x' } } }, 'one:- two:- extra:x'],
    ['can be added to', { add: [one] }, 'one:- two:- mine:own'],
    ['stay where nothing is said', { features: { one: undefined, extra: undefined } }, 'one:- two:-'],
  ])('%s', (_, options, expected) => {
    expect(madeOf(desk, options)).toBe(expected)
  })
})

describe('the storage of a preset', () => {
  it.each<[string, unknown, object, string]>([
    ['is memory', desk, {}, 'one:- two:-'],
    ['is what is given', desk, { storage: storing('disk')() }, 'one:- two:- disk:-'],
    ['is its own', anywhere, {}, 'one:- own-storage:-'],
    ['takes options', anywhere, { storage: { tag: 'x' } }, 'one:- own-storage:x'],
    ['is replaced by what is given', anywhere, { storage: storing('disk')() }, 'one:- disk:-'],
    ['is left out', anywhere, { storage: false }, 'one:-'],
    ['is memory where its own is not there', elsewhere, { storage: { tag: 'x' } }, 'one:-'],
  ])('%s', (_, preset, options, expected) => {
    expect(madeOf(preset, options)).toBe(expected)
  })
})

describe('what a preset refuses', () => {
  const call = (preset: unknown, options: object) => thrown(() => madeOf(preset, options))
  it.each<[string, unknown, object, string]>([
    [
      'a feature it does not have',
      desk,
      { features: { three: true } },
      'desk has no feature "three". It has one, two, extra; pass others in "add".',
    ],
    [
      'a feature with the name of an inherited property',
      desk,
      { features: { toString: true } },
      'desk has no feature "toString".',
    ],
    [
      'what is no option',
      desk,
      { features: { two: 'x' } },
      'desk: features["two"] is neither options nor a feature nor true or false.',
    ],
    [
      'storage that stores nothing',
      desk,
      { storage: making('none')() },
      'desk: "none" is no storage, because it does not provide pf.run-store. Pass it in "add".',
    ],
    [
      'options for storage it does not have',
      desk,
      { storage: { file: 'x.db' } },
      'desk has no storage of its own to set options for.',
    ],
    [
      'storage by a file name',
      desk,
      { storage: 'x.db' },
      'desk: storage is neither options nor a feature nor true or false.',
    ],
  ])('%s', (_, preset, options, message) => {
    expect(call(preset, options)).toMatchObject({
      code: 'PF_CONFIG_INVALID',
      message: expect.stringContaining(message),
    })
  })

  it('a feature twice, as createApp does', () => {
    expect(call(desk, { add: [making('one')()] })).toMatchObject({ code: 'PF_FEATURE_CONFLICT' })
    expect(call(anywhere, { add: [storing('disk')()] })).toMatchObject({
      code: 'PF_FEATURE_CONFLICT',
      message: expect.stringContaining('"own-storage" and "disk" both provide pf.run-store'),
    })
  })

  it('a target it does not work on, with the reason and what to use instead', () => {
    expect(call(desk, { target: 'wasm' })).toMatchObject({
      code: 'PF_TARGET_UNSUPPORTED',
      feature: 'desk',
      message: 'desk does not work on wasm (only on node): it has a drawer. Instead, use a table.',
    })
  })

  it.each<[string, object]>([
    ['as storage', { storage: storing('files', ['node'])() }],
    ['in the place of another', { features: { one: making('files', ['node'])() } }],
    ['added', { add: [making('files', ['node'])()] }],
  ])('a feature that does not work where the preset is at home, wherever the app runs: %s', (_, options) => {
    expect(call(anywhere, options)).toMatchObject({
      code: 'PF_TARGET_UNSUPPORTED',
      message: 'files does not work on wasm (only on node): it needs a disk. Instead, use another.',
    })
  })

  it('a feature of its home that does not work where the app runs', () => {
    expect(call(anywhere, { add: [making('cells', ['wasm'])()] })).toMatchObject({
      message: 'cells does not work on node (only on wasm): it needs a disk. Instead, use another.',
    })
    expect(madeOf(anywhere, { target: 'wasm', add: [making('cells', ['wasm'])()] })).toContain('cells:-')
  })
})

it('passes everything else on to createApp, and takes tenants', () => {
  const app = desk({ tenants: { oslo: agent, rome: { ...agent, name: 'rome' } } }, { ...quiet, health: '/up' })
  expect(app.describe()).toMatchObject({ tenants: { oslo: { name: 'a' }, rome: { name: 'rome' } } })
  expect(app[appCore].authenticated).toBe(false)
})

it('can be made from another', () => {
  const { features, ...rest } = desk.definition
  const more = definePreset({ ...rest, name: 'more', features: { ...features, three: making('three') } })
  expect(madeOf(more, { features: { one: false, three: { tag: 'x' } } })).toBe('two:- three:x')
})
