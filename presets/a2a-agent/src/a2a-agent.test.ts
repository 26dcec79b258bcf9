import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve as serveHono } from '@hono/node-server'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { a2aServer } from '@pf-agents/a2a-server'
import { type AnyFeature, defineAgent, defineFeature, type Port, runStreamsPort } from '@pf-agents/agent-core'
import { mount, toNodeListener } from '@pf-agents/app/node'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import { startNode } from '@pf-agents/testing/node'
import express from 'express'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { a2aAgent } from './a2a-agent'

const agent = defineAgent({
  name: 'counter',
  description: 'Counts to three',
  version: '1.0.0',
  async *onMessage({ text }) {
    yield `${text}: `
    for (const number of ['one ', 'two ', 'three']) yield number
  },
})
const quiet = { logger: { log: () => {} } }

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** Sends a message and follows the stream to its end: what it said in how many pieces, and the task. */
async function converse(url: string) {
  const stream = createA2AClient({ url }).sendStreamingMessage({ message: userMessage('Count') })
  const pieces: string[] = []
  for await (const event of stream) {
    if ('artifactUpdate' in event) pieces.push(...event.artifactUpdate.artifact.parts.map(({ text }) => text ?? ''))
  }
  return { pieces, state: stream.task?.status.state, taskId: stream.task?.id ?? '' }
}
const counted = { state: 'completed', pieces: ['Count: ', 'one ', 'two ', 'three'] }

const capabilitiesOf = async (app: { fetch(request: Request): unknown }) => {
  const response = (await app.fetch(new Request('http://127.0.0.1/.well-known/agent-card.json'))) as Response
  return ((await response.json()) as { capabilities: object }).capabilities
}

describe('an A2A agent', () => {
  it('streams', async () => {
    await using app = await startNode(a2aAgent(agent, quiet))
    expect(await converse(app.url)).toMatchObject(counted)
    expect(await capabilitiesOf(a2aAgent(agent, quiet))).toMatchObject({ streaming: true })
  })

  it('takes push notifications where they are turned on', async () => {
    expect(await capabilitiesOf(a2aAgent(agent, quiet))).not.toHaveProperty('pushNotifications')
    const app = a2aAgent(agent, { ...quiet, features: { push: true } })
    closers.push(() => app.close())
    expect(await capabilitiesOf(app)).toMatchObject({ pushNotifications: true })
  })

  it('keeps its tasks where it is told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pf-preset-'))
    closers.push(() => rmSync(folder, { recursive: true }))
    const app = () => a2aAgent(agent, { ...quiet, storage: sqliteStorage({ file: join(folder, 'agent.db') }) })
    const first = await startNode(app())
    const { taskId } = await converse(first.url)
    await first.close()
    await using second = await startNode(app())
    const task = await createA2AClient({ url: second.url }).getTask({ id: taskId })
    expect(task.status.state).toBe('completed')
  })

  it('has its features replaced, switched off, added to, and set', async () => {
    const hello = defineFeature({
      name: 'hello',
      targets: ['node'],
      setup: () => ({ routes: [{ method: 'GET', path: '/hello', handle: () => new Response('hello') }] }),
    })
    const plain = a2aServer({ card: { provider: { organization: 'Desks', url: 'https://desks.example' } } })
    const app = a2aAgent(agent, { ...quiet, features: { 'a2a-server': plain, 'event-stream': false }, add: [hello] })
    const capabilities = await capabilitiesOf(app)
    expect(capabilities).not.toHaveProperty('streaming')
    const card = await app.fetch(new Request('http://127.0.0.1/.well-known/agent-card.json'))
    expect(await card.json()).toMatchObject({ provider: { organization: 'Desks' } })
    expect(await (await app.fetch(new Request('http://127.0.0.1/hello'))).text()).toBe('hello')

    const elsewhere = a2aAgent(agent, { ...quiet, features: { 'a2a-server': { path: '/a2a' } } })
    const moved = await elsewhere.fetch(new Request('http://127.0.0.1/.well-known/agent-card.json'))
    expect(await moved.json()).toHaveProperty('supportedInterfaces.0.url', 'http://127.0.0.1/a2a')
  })

  it('stands beside others behind one address', async () => {
    await using app = await startNode(
      a2aAgent({ tenants: { oslo: agent, rome: { ...agent, name: 'Roman counter' } } }, quiet),
    )
    const card = await app.fetch('/rome/.well-known/agent-card.json')
    expect(await card.json()).toMatchObject({ name: 'Roman counter' })
  })

  it('is made without I/O', () => {
    const before = process.getActiveResourcesInfo()
    expect(a2aAgent(agent, quiet).describe()).toMatchObject({ name: 'counter', targets: ['node'] })
    expect(process.getActiveResourcesInfo()).toEqual(before)
  })
})

describe.each<[string, (app: ReturnType<typeof a2aAgent>) => Server, string]>([
  [
    'Hono',
    (app) => {
      const hono = new Hono()
      mount(app, hono, '/agent')
      return serveHono({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1' }) as Server
    },
    '/agent',
  ],
  [
    'Express',
    (app) => {
      const server = express()
      mount(app, server, '/agent')
      return server.listen(0, '127.0.0.1')
    },
    '/agent',
  ],
  [
    'bare Node',
    (app) => createServer((incoming, outgoing) => void toNodeListener(app)(incoming, outgoing)).listen(0, '127.0.0.1'),
    '',
  ],
])('mounted in %s', (_, start, path) => {
  it('answers and streams', async () => {
    const app = a2aAgent(agent, quiet)
    const server = start(app)
    closers.push(
      () => app.close(),
      () => server.close(),
    )
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
    const card = await fetch(`${url}/.well-known/agent-card.json`)
    expect(await card.json()).toHaveProperty('supportedInterfaces.0.url', url)
    expect(await converse(url)).toMatchObject(counted)
  })
})

describe('at start', () => {
  const cells = defineFeature({
    name: 'cells',
    targets: ['wasm'],
    unavailable: { reason: 'it needs cells', alternative: 'use paper' },
    setup: () => ({}),
  }) as AnyFeature

  it('says why it does not work in a component, in the words of its package', () => {
    const { pf } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    const { unavailable } = a2aAgent.definition
    expect(unavailable).toEqual(pf.unavailable['.'])
    expect(() => a2aAgent(agent, { ...quiet, target: 'wasm' })).toThrow(
      'a2a-agent does not work on wasm (only on node): it streams, and works in the background. Instead, use spinAgent() from @pf-agents/spin-agent.',
    )
  })

  it('says why a feature it is given does not work', () => {
    expect(() => a2aAgent(agent, { ...quiet, add: [cells] })).toThrow(
      'cells does not work on node (only on wasm): it needs cells. Instead, use paper.',
    )
  })

  it('names what is missing where a feature is switched off that another needs', () => {
    const follower = defineFeature({
      name: 'follower',
      targets: ['node'],
      requires: [runStreamsPort as Port<unknown>],
      setup: () => ({}),
    }) as AnyFeature
    expect(() => a2aAgent(agent, { ...quiet, features: { 'event-stream': false }, add: [follower] })).toThrow(
      'Nothing provides pf.run-streams; "follower" needs it. Install @pf-agents/event-stream and pass its feature.',
    )
  })
})
