import { type AnyFeature, defineAgent, defineFeature, type Feature } from '@pf-agents/agent-core'
import { describe, expectTypeOf, it } from 'vitest'
import type { App } from '../app'
import { definePreset } from './define-preset'

const feature = <const Name extends string>(name: Name) =>
  defineFeature({ name, targets: ['node', 'wasm'], setup: () => ({}) })
const nodeOnly = <const Name extends string>(name: Name) =>
  defineFeature({ name, targets: ['node'], unavailable: { reason: 'it needs a disk' }, setup: () => ({}) })
const server = (_options: { path?: string; decide?: (name: string) => boolean } = {}) => feature('server')
const stream = (_options: { buffer?: number } = {}) => nodeOnly('stream')
const push = (_options: { tries: number }) => nodeOnly('push')
const disk = (_options: { file: string }) => nodeOnly('disk')
const cells = (_options: { store?: string } = {}) => feature('cells')

const agent = defineAgent({ name: 'a', description: 'd', version: '1' })
const desk = definePreset({
  name: 'desk',
  targets: ['node'],
  features: { server, stream, push: { feature: push, enabled: false } },
})
const anywhere = definePreset({ name: 'anywhere', targets: ['wasm', 'node'], features: { server }, storage: cells })

type NamesOf<A> = A extends App<infer F> ? F['name'] : never

describe('the type of an app', () => {
  it('has the features that are on', () => {
    expectTypeOf<NamesOf<ReturnType<typeof plain>>>().toEqualTypeOf<'server' | 'stream'>()
    expectTypeOf<NamesOf<ReturnType<typeof changed>>>().toEqualTypeOf<'mine' | 'push' | 'disk' | 'more'>()
    expectTypeOf<NamesOf<ReturnType<typeof all>>>().toEqualTypeOf<'server' | 'stream' | 'push'>()
  })
  const plain = () => desk(agent)
  const changed = () =>
    desk(agent, {
      storage: disk({ file: 'x' }),
      features: { server: feature('mine'), stream: false, push: { tries: 1 } },
      add: [feature('more')],
    })
  const all = () => desk(agent, { features: { push: true, stream: { buffer: 1 } }, limits: { bodyBytes: 1 } })

  it('does not count storage of its own, which is there only where it works', () => {
    const app = () => anywhere(agent, { storage: { store: 'x' } })
    expectTypeOf<NamesOf<ReturnType<typeof app>>>().toEqualTypeOf<string>()
    const none = () => anywhere({ tenants: { one: agent } })
    expectTypeOf<NamesOf<ReturnType<typeof none>>>().toEqualTypeOf<'server'>()
  })
})

describe('options', () => {
  it('are those of each factory', () => {
    const calls = [
      // @ts-expect-error there is no such option of the server
      () => desk(agent, { features: { server: { paths: '/' } } }),
      // @ts-expect-error a path is a string
      () => desk(agent, { features: { server: { path: 1 } } }),
      // @ts-expect-error there is no such feature
      () => desk(agent, { features: { servers: true } }),
      // @ts-expect-error push can not do without its options
      () => desk(agent, { features: { push: {} } }),
      // @ts-expect-error it has no storage of its own
      () => desk(agent, { storage: { file: 'x' } }),
      // @ts-expect-error there is no such option of its storage
      () => anywhere(agent, { storage: { stores: 'x' } }),
      // @ts-expect-error there is no such option of createApp
      () => desk(agent, { limit: {} }),
    ]
    expectTypeOf(calls).toBeArray()
  })

  it('give functions in them their types', () => {
    desk(agent, {
      features: {
        server: {
          decide: (name) => {
            expectTypeOf(name).toEqualTypeOf<string>()
            return true
          },
        },
      },
    })
  })

  it('may be decided while the program runs', () => {
    const choose = (on: boolean, own: AnyFeature) => () =>
      desk(agent, { storage: on ? disk({ file: 'x' }) : false, features: { stream: on }, add: on ? [own] : [] })
    expectTypeOf(choose).toBeFunction()
  })
})

describe('a feature on the wrong target', () => {
  it('is refused in every place', () => {
    const one = defineFeature({ name: 'one', targets: ['wasm'], setup: () => ({}) })
    const calls = [
      // @ts-expect-error wasm only
      () => desk(agent, { storage: one }),
      // @ts-expect-error wasm only
      () => desk(agent, { features: { stream: one } }),
      // @ts-expect-error wasm only, beside options
      () => desk(agent, { features: { server: { path: '/' }, stream: one } }),
      // @ts-expect-error wasm only
      () => desk(agent, { add: [feature('other'), one] }),
      // @ts-expect-error Node only
      () => anywhere(agent, { storage: disk({ file: 'x' }) }),
    ]
    expectTypeOf(calls).toBeArray()
    expectTypeOf(anywhere(agent, { storage: one })).toExtend<App<Feature>>()
  })
})
