// An agent that needs somebody's leave at another service, which is given there and not in a message (A2A 1.0, 7.6).
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { completeAuthorization, createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { defineAgent, reply, type Task } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { apiKey } from '@pf-agents/auth'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { a2aServer } from './a2a-server'
import { verifies } from './conformance/verifies'

const secretToken = 'tok-4f1c9a7e-of-alice'

/** A service with things of its users, and the place where they let others see them. */
async function startService() {
  const allowed = new Set<string>()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://service')
    const user = searchParams.get('user') ?? ''
    if (pathname === '/allow') allowed.add(user)
    else if (pathname === '/token') {
      if (!allowed.has(user)) response.statusCode = 404
      response.write(secretToken)
    } else if (request.headers.authorization !== `Bearer ${secretToken}`) response.statusCode = 401
    else response.write('Rome on Monday')
    response.end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

let service: Awaited<ReturnType<typeof startService>>
let server: RunningServer
let logged: unknown[]
beforeEach(async () => {
  service = await startService()
  logged = []
  const { url } = service
  const agent = defineAgent({
    name: 'calendar',
    description: 'Reads calendars',
    version: '1.0.0',
    async onMessage(_message, { principal, log }) {
      const token = await fetch(`${url}/token?user=${principal.id}`)
      if (!token.ok)
        return reply.authRequired({ prompt: `Let me see your calendar at ${url}/allow?user=${principal.id}` })
      log('info', 'allowed')
      const headers = { authorization: `Bearer ${await token.text()}` }
      return reply.artifact({ parts: [{ text: await (await fetch(`${url}/calendar`, { headers })).text() }] })
    },
  })
  const app = createApp(agent, [a2aServer()], {
    auth: [apiKey({ accept: { alice: 'alice-key', bob: 'bob-key' } })],
    logger: { log: (...line) => logged.push(line) },
  })
  server = await serve(app, { port: 0 })
})
afterEach(async () => {
  await server.close()
  service.close()
})

describe.each(['JSONRPC', 'HTTP+JSON'] as const)('over %s', (binding) => {
  it(`an authorisation is given elsewhere, and nothing of it is in the task ${verifies('AUTH-INTASK-001', 'AUTH-INTASK-002', 'AUTH-INTASK-003', 'AUTH-INTASK-004', 'AUTH-INTASK-006')}`, async () => {
    const exchanged: string[] = []
    const client = createA2AClient({
      url: server.url,
      prefer: { bindings: [binding] },
      headers: () => ({ 'x-api-key': 'alice-key' }),
      fetch: async (url, init) => {
        const response = await fetch(url, init)
        exchanged.push(String(init?.body), await response.clone().text())
        return response
      },
    })
    const asked = (await client.sendMessage({ message: userMessage('What do I do next week?') })) as { task: Task }
    expect(asked.task.status).toMatchObject({
      state: 'auth-required',
      message: { role: 'agent', parts: [{ text: expect.stringContaining(`${service.url}/allow?user=alice`) }] },
    })

    // It takes messages meanwhile, and keeps waiting where nothing was allowed yet.
    const { id: taskId, contextId } = asked.task
    const still = (await client.sendMessage({
      message: { ...userMessage('Not yet, wait'), taskId, contextId },
    })) as { task: Task }
    expect(still.task.status.state).toBe('auth-required')

    const task = await completeAuthorization(client, still.task, {
      async authorize({ status }) {
        const [, address] = /(http[^"\s]+)/.exec(JSON.stringify(status.message)) ?? []
        await fetch(address as string)
        return userMessage('Done')
      },
    })
    expect(task).toMatchObject({ id: taskId, status: { state: 'completed' } })
    expect(task.artifacts[0]?.parts).toEqual([{ text: 'Rome on Monday' }])
    const said = task.history.flatMap(({ role, parts }) =>
      role === 'user' ? [(parts[0] as { text: string }).text] : [],
    )
    expect(said).toEqual(['What do I do next week?', 'Not yet, wait', 'Done'])

    await client.listTasks({ includeArtifacts: true, historyLength: 100 })
    expect(exchanged.length).toBeGreaterThan(8)
    expect(exchanged.join()).not.toContain(secretToken)
    expect(JSON.stringify(logged)).toContain('allowed')
    expect(JSON.stringify(logged)).not.toContain(secretToken)
  })

  it(`what one principal allowed is nothing to another ${verifies('AUTH-SCOPE-002')}`, async () => {
    await fetch(`${service.url}/allow?user=alice`)
    const client = (key: string) =>
      createA2AClient({ url: server.url, prefer: { bindings: [binding] }, headers: () => ({ 'x-api-key': key }) })
    const send = (key: string) => client(key).sendMessage({ message: userMessage('And now?') })
    expect(await send('alice-key')).toMatchObject({ task: { status: { state: 'completed' } } })
    expect(await send('bob-key')).toMatchObject({ task: { status: { state: 'auth-required' } } })
  })
})
