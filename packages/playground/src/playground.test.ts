import { request as httpRequest } from 'node:http'
import { aguiStream } from '@pf-agents/agui-stream'
import { type AnyFeature, defineAgent, reply, secret } from '@pf-agents/agent-core'
import { type AppOptions, createApp } from '@pf-agents/app'
import { mount, serve } from '@pf-agents/app/node'
import { apiKey } from '@pf-agents/auth'
import { eventStream } from '@pf-agents/event-stream'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { buildPage } from '../test/build-page'
import { playground, type PlaygroundOptions } from './playground'
import type { TaskDetails, TaskList } from './tasks/task-summary'

buildPage()

const agent = defineAgent({
  name: 'clerk',
  description: 'Files things',
  version: '2.0.0',
  skills: [],
  async *onMessage({ text }) {
    yield { type: 'usage', usage: { inputTokens: 10, outputTokens: 4, costUsd: 0.001 } }
    yield reply.text(`Filed ${text}.`)
  },
})

const app = (options: AppOptions = {}, features: AnyFeature[] = [playground()]) =>
  createApp(agent, [eventStream(), aguiStream(), ...features], { logger: { log: () => {} }, ...options })
type TestApp = Pick<ReturnType<typeof app>, 'fetch'>

const get = async (from: TestApp, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  from.fetch(new Request(`http://127.0.0.1:3000${path}`, { headers: { host: '127.0.0.1:3000', ...headers } }))
const json = async <T>(response: Response): Promise<T> => (await response.json()) as T

async function say(to: TestApp, text: string, headers: Record<string, string> = {}): Promise<void> {
  const input = { threadId: 't1', runId: text, messages: [{ id: text, role: 'user', content: text }] }
  const request = new Request('http://127.0.0.1:3000/agui', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ ...input, tools: [], context: [], protocolVersion: '1.0' }),
  })
  expect(await (await to.fetch(request)).text()).toContain('RUN_FINISHED')
}

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

describe('the page', () => {
  it('is there only where the feature is', async () => {
    const without = app({}, [])
    for (const path of ['/playground', '/playground/', '/playground/playground.js', '/playground/api/tasks'])
      expect((await get(without, path)).status).toBe(404)
  })

  it('is three files, from its folder on', async () => {
    const found = app()
    const redirect = await get(found, '/playground')
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, 'playground/'])
    const page = await get(found, '/playground/')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const html = await page.text()
    const files = [...html.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, name]) => name)
    expect(files).toEqual(['playground.css', 'playground.js'])
    for (const file of files) expect((await get(found, `/playground/${file}`)).status).toBe(200)
    // Whatever else the document has: no script or style stands in it.
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:/)
  })

  it('holds browsers to its own origin', async () => {
    const { headers } = await get(app(), '/playground/')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types lit-html")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(Object.fromEntries(headers)).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  it('is not sent again to who has it', async () => {
    const found = app()
    const first = await get(found, '/playground/playground.js')
    const again = await get(found, '/playground/playground.js', { 'if-none-match': first.headers.get('etag') ?? '' })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  it('says who the agent is, and where it speaks', async () => {
    expect(await json(await get(app(), '/playground/config.json'))).toEqual({
      name: 'clerk',
      description: 'Files things',
      version: '2.0.0',
      skills: [],
      agui: '../agui',
      root: '../',
    })
    const elsewhere = app({}, [playground({ path: '/dev/play', agui: '/ui' })])
    expect(await json(await get(elsewhere, '/dev/play/config.json'))).toMatchObject({
      agui: '../../ui',
      root: '../../',
    })
  })

  it.each<[PlaygroundOptions]>([
    [{ path: 'play' }],
    [{ agui: '/a b' }],
    [{ hosts: ['https://x.example'] }],
    [{ hosts: ['*'] }],
  ])('refuses options that are none: %j', (options) =>
    expect(() => playground(options)).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }) as Error),
  )
})

describe('who reaches it', () => {
  it.each([
    'localhost:3000',
    'LOCALHOST',
    'agent.localhost',
    '127.0.0.1:3000',
    '[::1]:3000',
    '192.168.1.7:3000',
    'dev.example.com:443',
  ])('answers as %s', async (host) => {
    const found = app({}, [playground({ hosts: ['Dev.Example.com'] })])
    for (const path of ['/playground/', '/playground/api/tasks'])
      expect((await get(found, path, { host })).status).toBe(200)
  })

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '1.2.3',
    '[evil]',
    'localhost:3000:evil',
    '',
  ])('does not answer as %j, which anybody could point here', async (host) => {
    const found = app()
    for (const path of [
      '/playground/',
      '/playground/playground.js',
      '/playground/config.json',
      '/playground/api/tasks',
      '/playground/api/tasks/x',
    ]) {
      const response = await get(found, path, { host })
      expect(response.status).toBe(403)
      expect(await response.text()).toContain('PF_FORBIDDEN')
    }
  })

  it('does not tell tasks to pages of other origins', async () => {
    const found = app()
    for (const site of ['cross-site', 'same-site'])
      expect((await get(found, '/playground/api/tasks', { 'sec-fetch-site': site })).status).toBe(403)
    for (const site of ['same-origin', 'none'])
      expect((await get(found, '/playground/api/tasks', { 'sec-fetch-site': site })).status).toBe(200)
    expect((await get(found, '/playground/api/tasks')).headers.get('access-control-allow-origin')).toBeNull()
  })

  it('shows tasks to nobody but their own principal', async () => {
    const found = app({
      auth: [apiKey({ accept: { ada: { credential: secret('ADA') }, bob: { credential: secret('BOB') } } })],
      variables: { get: (name) => name.toLowerCase() },
    })
    expect((await get(found, '/playground/')).status).toBe(200)
    expect((await get(found, '/playground/api/tasks')).status).toBe(401)
    await say(found, 'secret', { 'x-api-key': 'ada' })
    const mine = await json<TaskList>(await get(found, '/playground/api/tasks', { 'x-api-key': 'ada' }))
    expect(mine.tasks).toMatchObject([{ title: 'secret' }])
    expect(await json(await get(found, '/playground/api/tasks', { 'x-api-key': 'bob' }))).toMatchObject({ tasks: [] })
    const theirs = await get(found, `/playground/api/tasks/${mine.tasks[0]?.id}`, { 'x-api-key': 'bob' })
    expect(theirs.status).toBe(404)
  })
})

describe('what it tells of tasks', () => {
  it('lists them with what they used, and their events from any number on', async () => {
    const found = app()
    await say(found, 'one')
    await say(found, 'two')
    const { tasks, total } = await json<TaskList>(await get(found, '/playground/api/tasks'))
    expect(total).toBe(2)
    expect(tasks.map(({ title }) => title)).toEqual(['two', 'one'])
    expect(tasks[0]).toMatchObject({
      contextId: 't1',
      state: 'completed',
      questions: 0,
      usage: { inputTokens: 10, costUsd: 0.001 },
    })

    const read = async (query: string) =>
      json<TaskDetails>(await get(found, `/playground/api/tasks/${tasks[0]?.id}${query}`))
    const whole = await read('')
    const types = whole.events?.map(({ event }) => event.type) ?? []
    expect(types).toContain('usage')
    expect(types.at(-1)).toBe('status')
    const rest = await read(`?from=${whole.lastSeq}`)
    expect(rest.events).toEqual(whole.events?.slice(-1))
    expect((await read(`?from=${whole.lastSeq + 1}`)).events).toEqual([])
  })

  it('lists page by page', async () => {
    const found = app()
    for (let number = 0; number < 35; number++) await say(found, `m${number}`)
    const first = await json<TaskList>(await get(found, '/playground/api/tasks'))
    const second = await json<TaskList>(
      await get(found, `/playground/api/tasks?after=${encodeURIComponent(first.next ?? '')}`),
    )
    expect([first.tasks.length, second.tasks.length, second.next]).toEqual([30, 5, undefined])
    expect(new Set([...first.tasks, ...second.tasks].map(({ id }) => id)).size).toBe(35)
  })

  it.each([
    ['/playground/api/tasks?after=x', 400],
    ['/playground/api/tasks?after=%7B%7D', 400],
    ['/playground/api/tasks/nothing', 404],
    ['/playground/api/tasks/nothing?from=0', 400],
    ['/playground/api/tasks/nothing?from=x', 400],
  ])('answers %s with %i', async (path, status) => {
    expect((await get(app(), path)).status).toBe(status)
  })
})

describe('where it is served', () => {
  it('is added by who serves the app, beside what is there', async () => {
    const server = await serve(app({}, []), { port: 0, add: [playground()] })
    closers.push(() => server.close())
    expect((await fetch(`${server.url}/playground/`)).status).toBe(200)
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: 'ok' })
    // A browser follows the redirect to the folder.
    expect((await fetch(`${server.url}/playground`)).url).toBe(`${server.url}/playground/`)
  })

  it('is left as it is where the app has it', async () => {
    const server = await serve(app({}, [playground({ path: '/own' })]), { port: 0, add: [playground()] })
    closers.push(() => server.close())
    expect((await fetch(`${server.url}/own/`)).status).toBe(200)
    expect((await fetch(`${server.url}/playground/`)).status).toBe(404)
  })

  it('is right below a tenant and inside another server', async () => {
    const outer = new Hono()
    mount(createApp({ tenants: { one: agent } }, [eventStream(), aguiStream(), playground()]), outer, '/agents')
    const ask = (path: string) => outer.request(`http://localhost${path}`, { headers: { host: 'localhost' } })
    const redirect = await ask('/agents/one/playground')
    const page = new URL(redirect.headers.get('location') ?? '', 'http://localhost/agents/one/playground')
    expect(page.pathname).toBe('/agents/one/playground/')
    expect((await ask(page.pathname)).status).toBe(200)
    const config = await json<{ agui: string }>(await ask(new URL('config.json', page).pathname))
    expect(new URL(config.agui, page).pathname).toBe('/agents/one/agui')
  })

  it('hears the name that the connection was asked for', async () => {
    const server = await serve(app(), { port: 0 })
    closers.push(() => server.close())
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${server.url}/playground/`, { headers: { host: `rebound.example:${server.port}` } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  })
})
