import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AnyFeature, defineAgent, defineFeature, type FeatureMiddleware, reply } from '@pf-agents/agent-core'
import { createSseHub, sseResponse } from '@pf-agents/http-kit'
import { afterEach, expect, it } from 'vitest'
import { createApp } from '../create-app'
import type { AppOptions } from '../options'
import { toNodeListener } from './listener'

const agent = defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => reply.text('x') })

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** An app whose `/s` sends its stream at once, where it can, and returns it when told to. */
async function start(options: AppOptions = {}, middleware: FeatureMiddleware[] = []) {
  const hub = createSseHub()
  const returned = Promise.withResolvers<void>()
  const sent: boolean[] = []
  const logged: string[] = []
  const feature: AnyFeature = defineFeature({
    name: 'streams',
    targets: ['node'],
    setup: () => ({
      middleware,
      routes: [
        {
          method: 'GET',
          path: '/s',
          async handle(_request, info) {
            const stream = hub.open({ gone() {}, stalled: () => '' })
            stream.write('data: 1\n\n')
            const response = sseResponse(stream, { 'x-own': 'yes' })
            sent.push(info.sendNow?.(response) === true)
            await returned.promise
            stream.write('data: 2\n\n')
            stream.close()
            return response
          },
        },
        {
          method: 'GET',
          path: '/plain',
          async handle(_request, info) {
            const response = new Response('plain')
            sent.push(info.sendNow?.(response) === true)
            return response
          },
        },
        {
          method: 'GET',
          path: '/fails',
          async handle(_request, info) {
            const stream = hub.open({ gone() {}, stalled: () => '' })
            stream.write('data: 1\n\n')
            sent.push(info.sendNow?.(sseResponse(stream)) === true)
            stream.close()
            throw new Error('too late')
          },
        },
      ],
    }),
  })
  const logger = { log: (level: string, message: string) => void logged.push(`${level}: ${message}`) }
  const app = createApp(agent, [feature], { logger, ...options })
  const server = createServer(toNodeListener(app as never))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, returned, sent, logged, hub }
}

it('sends the first events of a stream before its route has returned it, and the stream once', async () => {
  const { url, returned, sent, logged, hub } = await start()
  const response = await fetch(`${url}/s`)
  expect([response.headers.get('content-type'), response.headers.get('x-own')]).toEqual(['text/event-stream', 'yes'])
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 1\n\n')
  returned.resolve()
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 2\n\n')
  expect((await reader.read()).done).toBe(true)
  // The connection is as it was.
  expect(await (await fetch(`${url}/plain`)).text()).toBe('plain')
  expect(sent).toEqual([true, false])
  expect([logged, hub.size]).toEqual([[], 0])
})

it('leaves it to the route where middleware is to see the response, or there is no body to send', async () => {
  const changed: FeatureMiddleware = async (_request, _info, next) => {
    const response = await next()
    response.headers.set('x-changed', 'yes')
    return response
  }
  for (const [options, middleware, method] of [
    [{}, [changed], 'GET'],
    [{ use: [(_context, next) => next()] }, [], 'GET'],
    [{}, [], 'HEAD'],
  ] as [AppOptions, FeatureMiddleware[], string][]) {
    const { url, returned, sent } = await start(options, middleware)
    returned.resolve()
    const response = await fetch(`${url}/s`, { method })
    expect(await response.text()).toBe(method === 'HEAD' ? '' : 'data: 1\n\ndata: 2\n\n')
    expect(response.headers.get('x-changed')).toBe(middleware.length > 0 ? 'yes' : null)
    expect(sent).toEqual([false])
  }
})

it('logs what a route throws once its stream is on its way, and goes on', async () => {
  const { url, sent, logged } = await start()
  const response = await fetch(`${url}/fails`)
  expect([response.status, await response.text()]).toEqual([200, 'data: 1\n\n'])
  expect(await (await fetch(`${url}/plain`)).text()).toBe('plain')
  expect(sent).toEqual([true, false])
  expect(logged).toEqual(['error: A request failed.'])
})
