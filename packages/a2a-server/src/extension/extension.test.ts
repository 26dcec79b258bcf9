import { A2AError } from '@pf-agents/a2a-protocol'
import { reply } from '@pf-agents/agent-core'
import { afterEach, describe, expect, it } from 'vitest'
import { type BindingName, bindingNames, eventOf, open, sendParams, streamingApp } from '../../test/stream-client'
import {
  type A2AExtension,
  defineExtension,
  type ExtensionCall,
  type ExtensionDefinition,
  withExtensionData,
} from './extension'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const uri = 'https://example.com/ext/stamp/v1'
const url = 'http://agent.test'

/** Puts who called onto every task that goes out, and shouts what comes in. */
function stamping(more: Partial<ExtensionDefinition<string>> = {}, calls: ExtensionCall[] = []): A2AExtension {
  return defineExtension<string>({
    uri,
    description: 'Stamps',
    params: { by: 'us' },
    begin(call) {
      calls.push(call)
      return `${call.operation} by ${call.principal.id}`
    },
    incoming: (message) => ({ ...message, parts: [{ text: `${message.parts[0]?.text}!` }] }),
    outgoing: (event, state) => {
      if ('task' in event) return { task: withExtensionData(event.task, uri, { state }) }
      if ('message' in event) return { message: withExtensionData(event.message, uri, { state }) }
      if ('artifactUpdate' in event) return { artifactUpdate: withExtensionData(event.artifactUpdate, uri, { state }) }
      return event
    },
    ...more,
  })
}

async function* heard(text: string) {
  yield `heard ${text}`
  return reply.completed()
}

function start(extensions: readonly A2AExtension[]) {
  const app = streamingApp(
    {
      onMessage: ({ text }) => (text.startsWith('direct') ? reply.text(text) : heard(text)),
    },
    { server: { extensions } },
  )
  closing.push(() => app.close())
  const fetch = async (to: string, init: RequestInit) => app.fetch(new Request(to, init))
  return { app, fetch }
}

const turnedOn = { 'a2a-extensions': `urn:unknown, ${uri}` }

async function call(
  fetch: ReturnType<typeof start>['fetch'],
  binding: BindingName,
  method: string,
  params: Record<string, unknown>,
  headers: Record<string, string> = {},
) {
  const { id } = params
  const rest: Record<string, [string, string]> = {
    SendMessage: ['POST', '/message:send'],
    GetTask: ['GET', `/tasks/${String(id)}`],
    ListTasks: ['GET', '/tasks'],
    CancelTask: ['POST', `/tasks/${String(id)}:cancel`],
  }
  const [verb, path] = binding === 'JSONRPC' ? ['POST', '/'] : (rest[method] as [string, string])
  const body = binding === 'JSONRPC' ? { jsonrpc: '2.0', id: 'r-1', method, params } : params
  const response = await fetch(url + path, {
    method: verb,
    headers: { 'a2a-version': '1.0', ...(verb === 'POST' && { 'content-type': 'application/json' }), ...headers },
    ...(verb === 'POST' && { body: JSON.stringify(body) }),
  })
  const json = (await response.json()) as { result?: Record<string, unknown> }
  return {
    echo: response.headers.get('a2a-extensions'),
    result: (json.result ?? json) as Record<string, unknown>,
    json,
  }
}

describe.each(bindingNames)('an extension over %s', (binding) => {
  it('does nothing for requests that do not turn it on', async () => {
    const calls: ExtensionCall[] = []
    const { fetch } = start([stamping({}, calls)])
    const { echo, result } = await call(fetch, binding, 'SendMessage', sendParams('hi'))
    expect(echo).toBeNull()
    expect(result.task).toMatchObject({ artifacts: [{ parts: [{ text: 'heard hi' }] }] })
    expect(result.task).not.toHaveProperty('metadata')
    expect(calls).toEqual([])
  })

  it('is turned on by the header, echoed, and changes what comes in and goes out', async () => {
    const calls: ExtensionCall[] = []
    const { fetch } = start([stamping({}, calls)])
    const sent = await call(fetch, binding, 'SendMessage', sendParams('hi'), turnedOn)
    expect(sent.echo).toBe(uri)
    expect(sent.result.task).toMatchObject({
      artifacts: [{ parts: [{ text: 'heard hi!' }] }],
      metadata: { [uri]: { state: 'SendMessage by anonymous' } },
    })
    const { id } = sent.result.task as { id: string }
    const got = await call(fetch, binding, 'GetTask', { id }, turnedOn)
    expect(got.result).toMatchObject({ metadata: { [uri]: { state: 'GetTask by anonymous' } } })
    // What went out was a copy.
    expect((await call(fetch, binding, 'GetTask', { id })).result).not.toHaveProperty('metadata')
    const listed = await call(fetch, binding, 'ListTasks', {}, turnedOn)
    expect(listed.result.tasks).toMatchObject([{ metadata: { [uri]: { state: 'ListTasks by anonymous' } } }])
    expect(calls.map(({ operation, tenant, headers }) => [operation, tenant, headers.get('a2a-version')])).toEqual([
      ['SendMessage', '', '1.0'],
      ['GetTask', '', '1.0'],
      ['ListTasks', '', '1.0'],
    ])
  })

  it('changes every event of a stream', async () => {
    const { fetch } = start([stamping()])
    const opened = await open(fetch, url, binding, 'SendStreamingMessage', sendParams('hi'), { headers: turnedOn })
    expect(opened.headers.get('a2a-extensions')).toBe(uri)
    const events = (await opened.rest()).map((frame) => eventOf(binding, frame))
    const metadata = { [uri]: { state: 'SendStreamingMessage by anonymous' } }
    expect(events[0]).toMatchObject({ task: { metadata } })
    expect(events[2]).toMatchObject({ artifactUpdate: { metadata, artifact: { parts: [{ text: 'heard hi!' }] } } })
    const direct = await open(fetch, url, binding, 'SendStreamingMessage', sendParams('direct'), { headers: turnedOn })
    expect((await direct.rest()).map((frame) => eventOf(binding, frame))).toMatchObject([
      { message: { metadata, parts: [{ text: 'direct!' }] } },
    ])
  })

  it('refuses requests by what its code throws, and by not being turned on where it is required', async () => {
    const refusing = start([
      stamping({
        begin: () => {
          throw new A2AError('InvalidParamsError', { message: 'not like this' })
        },
      }),
    ])
    const { json } = await call(refusing.fetch, binding, 'SendMessage', sendParams('hi'), turnedOn)
    expect(json).toMatchObject({ error: { message: 'not like this' } })
    const required = start([stamping({ required: true })])
    const refused = await call(required.fetch, binding, 'SendMessage', sendParams('hi'))
    expect(JSON.stringify(refused.json)).toContain('EXTENSION_SUPPORT_REQUIRED')
    expect((await call(required.fetch, binding, 'SendMessage', sendParams('hi'), turnedOn)).echo).toBe(uri)
  })
})

it('is declared on the card', async () => {
  const { app } = start([stamping({ required: true })])
  const card = (await (await app.fetch(new Request(`${url}/.well-known/agent-card.json`))).json()) as {
    capabilities: { extensions: object[] }
  }
  expect(card.capabilities.extensions).toContainEqual({
    uri,
    description: 'Stamps',
    required: true,
    params: { by: 'us' },
  })
})

it('must have a URI of its own', () => {
  for (const bad of ['', 'no uri', 'urn:a,urn:b', 'urn:a b', '1urn:x', 'urn:']) {
    expect(() => start([stamping({ uri: bad })])).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  }
  expect(() => start([stamping(), stamping()])).toThrow('twice')
})
