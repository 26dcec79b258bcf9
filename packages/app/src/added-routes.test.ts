import { bind, clockPort, defineAgent, defineFeature, type FeatureSetup, port, reply } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { appCore } from './app'
import { createApp } from './create-app'

const agent = defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => reply.text('x') })
const pageFeature = (name: string, path: string, more: FeatureSetup = {}) =>
  defineFeature({
    name,
    targets: ['node'],
    setup: ({ agents }) => ({
      routes: [{ method: 'GET', path, handle: () => new Response(`${name} of ${agents[0]?.agent.name}`) }],
      ...more,
    }),
  })

const make = () => createApp(agent, [pageFeature('one', '/one'), pageFeature('rest', '/*')], { target: 'node' })
type TestApp = ReturnType<typeof make>
const ask = async (app: TestApp, path: string) => (await app.fetch(new Request(`http://localhost${path}`))).text()

describe('a feature that is added to an app', () => {
  it('serves its routes beside those that are there, the more exact ones first', async () => {
    const app = make()
    expect(await ask(app, '/two')).toBe('rest of a')
    app[appCore].add(pageFeature('two', '/two'))
    expect(await ask(app, '/two')).toBe('two of a')
    expect(await ask(app, '/one')).toBe('one of a')
    expect(await ask(app, '/three')).toBe('rest of a')
  })

  it('is left out where the app has one of the name', async () => {
    const app = make()
    app[appCore].add(pageFeature('one', '/uno'))
    expect(await ask(app, '/uno')).toBe('rest of a')
  })

  it.each([
    ['PF_FEATURE_CONFLICT', pageFeature('two', '/one')],
    ['PF_CONFIG_INVALID', pageFeature('two', '/two', { close: () => {} })],
    ['PF_CONFIG_INVALID', pageFeature('two', '/two', { middleware: [] })],
    [
      'PF_CONFIG_INVALID',
      defineFeature({
        name: 'two',
        targets: ['node'],
        provides: [clockPort],
        setup: () => ({ ports: [bind(clockPort, { now: () => 0, after: () => () => {} })] }),
      }),
    ],
    [
      'PF_FEATURE_MISSING',
      defineFeature({ name: 'two', targets: ['node'], requires: [port('test.absent')], setup: () => ({}) }),
    ],
    ['PF_TARGET_UNSUPPORTED', defineFeature({ name: 'two', targets: ['wasm'], setup: () => ({}) })],
  ])('is refused with %s, and the app is as before', async (code, feature) => {
    const app = make()
    expect(() => app[appCore].add(feature)).toThrow(expect.objectContaining({ code }) as Error)
    expect(await ask(app, '/one')).toBe('one of a')
    expect(await ask(app, '/two')).toBe('rest of a')
  })
})
