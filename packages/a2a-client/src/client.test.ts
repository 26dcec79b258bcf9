import { describe, expect, it } from 'vitest'
import { type Asked, createPeer, peerCard, rpc, wireTask } from '../test/peer'
import { type A2AClient, connect, createA2AClient } from './client'
import type { A2AClientOptions, ClientBinding } from './options'
import { userMessage } from './user-message'

const bindings: ClientBinding[] = ['JSONRPC', 'HTTP+JSON']
type Answer = (asked: Asked, count: number) => Response | Promise<Response>

/** A client of a peer that gives the same result over either binding. */
function over(binding: ClientBinding, answer: Answer, options: A2AClientOptions = {}) {
  const peer = createPeer(answer)
  return {
    peer,
    client: createA2AClient({
      url: 'https://agent.test',
      fetch: peer.fetch,
      prefer: { bindings: [binding] },
      retry: false,
      ...options,
    }),
  }
}
const giving = (result: unknown) => (asked: Asked) => (asked.rpc ? rpc(asked, result) : Response.json(result))
const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  )

describe('what is sent over JSON-RPC', () => {
  it('is an envelope with ids that differ, and the headers of the protocol', async () => {
    const { peer, client } = over('JSONRPC', giving(wireTask()), {
      extensions: ['https://a.example/x', 'https://b.example/y'],
    })
    await client.getTask({ id: 't-1', historyLength: 2 })
    await client.getTask({ id: 't-1' })
    const [first, second] = peer.asked as [Asked, Asked]
    expect(JSON.parse(first.text)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'GetTask',
      params: { id: 't-1', historyLength: 2 },
    })
    expect(second.id).toBe(2)
    expect([first.method, first.path]).toEqual(['POST', '/rpc'])
    expect(Object.fromEntries(first.headers)).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'a2a-version': '1.0',
      'a2a-extensions': 'https://a.example/x,https://b.example/y',
    })
  })

  it('has wire names for roles and states', async () => {
    const { peer, client } = over('JSONRPC', (asked) =>
      rpc(asked, asked.rpc === 'ListTasks' ? { tasks: [] } : { task: wireTask() }),
    )
    await client.sendMessage({
      message: userMessage('hi'),
      configuration: { returnImmediately: true, historyLength: 0 },
      metadata: { a: 1 },
    })
    await client.listTasks({ status: 'input-required', includeArtifacts: true })
    expect(peer.asked.map(({ params }) => params)).toEqual([
      {
        message: { messageId: expect.stringMatching(/^[0-9a-f-]{36}$/), role: 'ROLE_USER', parts: [{ text: 'hi' }] },
        configuration: { returnImmediately: true, historyLength: 0 },
        metadata: { a: 1 },
      },
      { status: 'TASK_STATE_INPUT_REQUIRED', includeArtifacts: true },
    ])
  })
})

describe('what is sent over HTTP+JSON', () => {
  it('is the method, path and body of each operation', async () => {
    const results: Record<string, unknown> = { GetTask: wireTask('a b'), ListTasks: { tasks: [] } }
    const { peer, client } = over('HTTP+JSON', ({ method, path }) => {
      if (path.includes('message:send'))
        return Response.json({ message: { messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'x' }] } })
      if (path.includes('extendedAgentCard')) return Response.json(peerCard)
      return Response.json(method === 'GET' && !path.includes('/tasks/') ? results.ListTasks : results.GetTask)
    })
    await client.sendMessage({ message: userMessage('hi') })
    await client.getTask({ id: 'a b', historyLength: 3 })
    await client.listTasks({ status: 'working', pageSize: 5, pageToken: 'x&y' })
    await client.cancelTask({ id: 'a b', metadata: { why: 'late' } })
    await client.getExtendedAgentCard()
    expect(
      peer.asked.map(({ method, path, headers, text }) => [
        method,
        path,
        headers.get('content-type'),
        text.slice(0, 12),
      ]),
    ).toEqual([
      ['POST', '/rest/message:send', 'application/a2a+json', '{"message":{'],
      ['GET', '/rest/tasks/a%20b?historyLength=3', null, ''],
      ['GET', '/rest/tasks?pageSize=5&pageToken=x%26y&status=TASK_STATE_WORKING', null, ''],
      ['POST', '/rest/tasks/a%20b:cancel', 'application/a2a+json', '{"metadata":'],
      ['GET', '/rest/extendedAgentCard', null, ''],
    ])
    expect(
      peer.asked.every(
        ({ headers }) =>
          headers.get('a2a-version') === '1.0' && headers.get('accept')?.startsWith('application/a2a+json'),
      ),
    ).toBe(true)
  })

  it('can not leave the path of its task', async () => {
    const { peer, client } = over('HTTP+JSON', giving(wireTask()))
    for (const id of ['..', '.', ''])
      expect(await errorOf(client.getTask({ id }))).toMatchObject({ code: 'PF_REQUEST_INVALID' })
    await client.getTask({ id: '../x?y#z' }).catch(() => {})
    expect(peer.asked.map(({ path }) => path)).toEqual(['/rest/tasks/..%2Fx%3Fy%23z'])
  })
})

describe('the tenant', () => {
  it.each(['acme', 'Ünî/cödé'])('%s goes along exactly as the interface has it, and only there', async (tenant) => {
    const supportedInterfaces = peerCard.supportedInterfaces.map((each) => ({ ...each, tenant }))
    for (const binding of bindings) {
      const peer = createPeer(giving(wireTask()), () => Response.json({ ...peerCard, supportedInterfaces }))
      const client = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, prefer: { bindings: [binding] } })
      await client.cancelTask({ id: 't-1' })
      const { path, params } = peer.asked[0] as Asked
      const inPath = binding === 'HTTP+JSON' && tenant === 'acme'
      expect(path).toBe(binding === 'JSONRPC' ? '/rpc' : `/rest${inPath ? '/acme' : ''}/tasks/t-1:cancel`)
      expect(params.tenant).toBe(inPath ? undefined : tenant)
    }
  })
})

describe.each(bindings)('an answer over %s that A2A does not allow', (binding) => {
  const task = (client: A2AClient) => client.getTask({ id: 't-1' })
  const cases: [string, Answer][] = [
    ['is no JSON', () => new Response('<html>')],
    ['is empty', () => new Response(null, { status: 200 })],
    ['is not UTF-8', () => new Response(new Uint8Array([0x22, 0xff, 0x22]))],
    ['is nested without end', () => new Response('['.repeat(100_000))],
    ['is no task', giving({ id: 7 })],
    ['is a task in no state there is', giving({ id: 't-1', status: { state: 'TASK_STATE_DREAMING' } })],
    ['is another task', giving(wireTask('t-2'))],
    ['is a redirect', () => new Response(null, { status: 307, headers: { location: 'https://evil.test/' } })],
    ['is null', giving(null)],
  ]
  it.each(cases)('%s', async (_, answer) => {
    const { peer, client } = over(binding, answer)
    expect(await errorOf(task(client))).toMatchObject({ code: 'PF_REMOTE_RESPONSE' })
    expect(peer.asked).toHaveLength(1)
  })

  it('is larger than allowed: the rest is not read', async () => {
    let pulled = 0
    const endless = () =>
      new Response(
        new ReadableStream(
          { pull: (stream) => stream.enqueue(new Uint8Array(1000).fill(++pulled)) },
          { highWaterMark: 0 },
        ),
      )
    const { client } = over(binding, endless, { maxResponseBytes: 10_000 })
    expect(await errorOf(task(client))).toMatchObject({ code: 'PF_REMOTE_RESPONSE', details: { limit: 10_000 } })
    expect(pulled).toBe(11)
  })
})

describe('an answer over JSON-RPC that is none', () => {
  it.each([
    ['has another id', (asked: Asked) => ({ jsonrpc: '2.0', id: Number(asked.id) + 1, result: wireTask() })],
    ['has the id as a string', (asked: Asked) => ({ jsonrpc: '2.0', id: String(asked.id), result: wireTask() })],
    ['has no id', () => ({ jsonrpc: '2.0', result: wireTask() })],
    ['has no version', (asked: Asked) => ({ id: asked.id, result: wireTask() })],
    ['has no result', (asked: Asked) => ({ jsonrpc: '2.0', id: asked.id })],
    ['is an error with another id', () => ({ jsonrpc: '2.0', id: 999, error: { code: -32001, message: 'x' } })],
    ['is a batch', (asked: Asked) => [{ jsonrpc: '2.0', id: asked.id, result: wireTask() }]],
  ])('%s', async (_, answer) => {
    const { client } = over('JSONRPC', (asked) => Response.json(answer(asked)))
    expect(await errorOf(client.getTask({ id: 't-1' }))).toMatchObject({ code: 'PF_REMOTE_RESPONSE' })
  })
})

describe('an error of the agent', () => {
  // §5.4, with the code of this SDK.
  const table = [
    ['TaskNotFoundError', -32001, 404, 'TASK_NOT_FOUND', 'PF_TASK_NOT_FOUND'],
    ['TaskNotCancelableError', -32002, 400, 'TASK_NOT_CANCELABLE', 'PF_TASK_NOT_CANCELABLE'],
    ['PushNotificationNotSupportedError', -32003, 400, 'PUSH_NOTIFICATION_NOT_SUPPORTED', 'PF_PUSH_UNSUPPORTED'],
    ['UnsupportedOperationError', -32004, 400, 'UNSUPPORTED_OPERATION', 'PF_OPERATION_UNSUPPORTED'],
    ['ContentTypeNotSupportedError', -32005, 400, 'CONTENT_TYPE_NOT_SUPPORTED', 'PF_CONTENT_TYPE'],
    ['InvalidAgentResponseError', -32006, 500, 'INVALID_AGENT_RESPONSE', 'PF_REMOTE_RESPONSE'],
    [
      'ExtendedAgentCardNotConfiguredError',
      -32007,
      400,
      'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
      'PF_CARD_NOT_CONFIGURED',
    ],
    ['ExtensionSupportRequiredError', -32008, 400, 'EXTENSION_SUPPORT_REQUIRED', 'PF_EXTENSION_REQUIRED'],
    ['VersionNotSupportedError', -32009, 400, 'VERSION_NOT_SUPPORTED', 'PF_VERSION_UNSUPPORTED'],
  ] as const
  const info = (reason: string) => ({
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'a2a-protocol.org',
    metadata: { taskId: 't-9' },
  })

  it.each(table)('%s keeps its code and details over both bindings', async (kind, rpcCode, http, reason, code) => {
    const rpcError = { code: rpcCode, message: 'says the agent', data: [info(reason)] }
    const jsonRpc = over('JSONRPC', (asked) => Response.json({ jsonrpc: '2.0', id: asked.id, error: rpcError }))
    const restError = { error: { code: http, status: 'X', message: 'says the agent', details: [info(reason)] } }
    const rest = over('HTTP+JSON', () => Response.json(restError, { status: http }))
    for (const [{ client }, remote] of [
      [jsonRpc, { rpcCode, httpStatus: 200, details: [info(reason)] }],
      [rest, { httpStatus: http, details: [info(reason)] }],
    ] as const) {
      const error = await errorOf(client.listTasks())
      expect(error).toMatchObject({
        name: 'A2AError',
        kind,
        code,
        message: 'says the agent',
        metadata: { taskId: 't-9' },
        remote,
      })
    }
  })

  it.each([
    [409, 'TASK_NOT_CANCELABLE', 'TaskNotCancelableError'],
    [409, undefined, 'TaskNotCancelableError'],
    [415, undefined, 'ContentTypeNotSupportedError'],
    [502, 'INVALID_AGENT_RESPONSE', 'InvalidAgentResponseError'],
  ])('of A2A 1.0.0 is understood: HTTP %i with reason %s', async (status, reason, kind) => {
    const details = reason ? [info(reason)] : []
    const { client } = over('HTTP+JSON', () =>
      Response.json({ error: { code: status, message: 'x', details } }, { status }),
    )
    expect(await errorOf(client.listTasks())).toMatchObject({ kind, remote: { httpStatus: status } })
  })

  it('names the fields that are wrong', async () => {
    const violations = [{ field: 'message.parts', description: 'needs one part or more' }]
    const data = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations }]
    const { client } = over('JSONRPC', (asked) =>
      Response.json({ jsonrpc: '2.0', id: asked.id, error: { code: -32602, message: 'Bad', data } }),
    )
    const error = await errorOf(client.sendMessage({ message: userMessage('x') }))
    expect(error).toMatchObject({ kind: 'InvalidParamsError', code: 'PF_REQUEST_INVALID', violations })
  })

  it.each(bindings)('on the level of HTTP is understood over %s, whatever the body', async (binding) => {
    for (const [status, code] of [
      [401, 'PF_UNAUTHENTICATED'],
      [403, 'PF_FORBIDDEN'],
      [413, 'PF_REQUEST_TOO_LARGE'],
      [429, 'PF_RATE_LIMITED'],
      [503, 'PF_OVERLOADED'],
      [500, 'PF_REMOTE_ERROR'],
      [502, 'PF_REMOTE_ERROR'],
    ] as const) {
      for (const body of ['<html>no</html>', '', '{"message":"no"}', '{"error":"no"}']) {
        const { client } = over(binding, () => new Response(body, { status, headers: { 'retry-after': '7' } }))
        const error = await errorOf(client.listTasks())
        expect(error).toMatchObject({ name: 'A2AError', code, retryAfterMs: 7000, remote: { httpStatus: status } })
      }
    }
  })

  it('is a JSON-RPC error with a wait, too', async () => {
    const { client } = over('JSONRPC', (asked) =>
      Response.json(
        { jsonrpc: '2.0', id: asked.id, error: { code: -32603, message: 'busy' } },
        { status: 429, headers: { 'retry-after': '9' } },
      ),
    )
    expect(await errorOf(client.listTasks())).toMatchObject({
      code: 'PF_RATE_LIMITED',
      message: 'busy',
      retryAfterMs: 9000,
    })
  })

  it('is a JSON-RPC error with another HTTP status, too', async () => {
    const { client } = over('JSONRPC', (asked) =>
      Response.json({ jsonrpc: '2.0', id: asked.id, error: { code: -32001, message: 'x' } }, { status: 404 }),
    )
    expect(await errorOf(client.listTasks())).toMatchObject({
      kind: 'TaskNotFoundError',
      remote: { rpcCode: -32001, httpStatus: 404 },
    })
  })
})

describe('eachTask', () => {
  it('asks for a page when it is needed, and no sooner', async () => {
    const pages: Record<string, unknown> = {
      '': { tasks: [wireTask('1'), wireTask('2')], nextPageToken: 'p2' },
      p2: { tasks: [], nextPageToken: 'p3' },
      p3: { tasks: [wireTask('3')], nextPageToken: '' },
    }
    const { peer, client } = over('JSONRPC', (asked) =>
      rpc(asked, pages[(asked.params.pageToken as string | undefined) ?? '']),
    )
    const ids: string[] = []
    for await (const { id } of client.eachTask({ contextId: 'c-1' })) {
      ids.push(id)
      if (id === '2') expect(peer.asked).toHaveLength(1)
    }
    expect(ids).toEqual(['1', '2', '3'])
    expect(peer.asked.map(({ params }) => params)).toEqual([
      { contextId: 'c-1' },
      { contextId: 'c-1', pageToken: 'p2' },
      { contextId: 'c-1', pageToken: 'p3' },
    ])
    for await (const { id } of client.eachTask()) if (id === '1') break
    expect(peer.asked).toHaveLength(4)
  })

  it('does not go round in circles', async () => {
    let page = 0
    const { peer, client } = over('JSONRPC', (asked) =>
      rpc(asked, { tasks: [], nextPageToken: page++ % 2 ? 'a' : 'b' }),
    )
    const walk = (async () => {
      for await (const task of client.eachTask()) expect(task).toBeUndefined()
    })()
    expect(await errorOf(walk)).toMatchObject({ code: 'PF_REMOTE_RESPONSE' })
    expect(peer.asked).toHaveLength(3)
  })
})

describe('cancelTask', () => {
  it('gives a task that is canceled already, and the error for any other that is over', async () => {
    for (const [state, outcome] of [
      ['TASK_STATE_CANCELED', { status: { state: 'canceled' } }],
      ['TASK_STATE_COMPLETED', { kind: 'TaskNotCancelableError' }],
    ] as const) {
      const { client } = over('JSONRPC', (asked) =>
        asked.rpc === 'GetTask'
          ? rpc(asked, wireTask('t-1', state))
          : Response.json({ jsonrpc: '2.0', id: asked.id, error: { code: -32002, message: 'over' } }),
      )
      expect(await client.cancelTask({ id: 't-1' }).catch((error: unknown) => error)).toMatchObject(outcome)
    }
  })
})

describe('getExtendedAgentCard', () => {
  const answer = (asked: Asked) => rpc(asked, { ...peerCard, name: 'for you' })

  it('takes the place of the public card until that has another version', async () => {
    let version = '1'
    let now = 0
    const clock = { now: () => now, after: () => () => {} }
    const peer = createPeer(answer, () =>
      Response.json({ ...peerCard, version }, { headers: { 'cache-control': 'max-age=60' } }),
    )
    const client = createA2AClient({ url: 'https://agent.test', fetch: peer.fetch, clock })
    await client.getExtendedAgentCard()
    expect((await client.card()).name).toBe('for you')
    now += 61_000
    expect((await client.card()).name).toBe('for you')
    version = '2'
    now += 61_000
    expect((await client.card()).name).toBe('peer')
  })

  it("does not, where it was asked for with somebody else's headers", async () => {
    const { client } = over('JSONRPC', answer, { forwardHeaders: ['authorization'] })
    expect(
      (await client.getExtendedAgentCard({ forwardFrom: new Headers({ authorization: 'Bearer theirs' }) })).name,
    ).toBe('for you')
    expect((await client.card()).name).toBe('peer')
  })
})

describe('a card at hand', () => {
  it('is used without asking for one', async () => {
    const peer = createPeer(giving(wireTask()))
    const card = (await createA2AClient({ url: 'https://agent.test', fetch: peer.fetch }).card()) as typeof peerCard
    peer.cards.length = 0
    const client = createA2AClient({ card, fetch: peer.fetch })
    await client.getTask({ id: 't-1' })
    expect(peer.cards).toHaveLength(0)
    expect(peer.asked).toHaveLength(1)
  })
})

describe('connect', () => {
  it('finds out at once that an agent can not be used', async () => {
    const grpc = {
      ...peerCard,
      supportedInterfaces: [{ url: 'agent.test:443', protocolBinding: 'GRPC', protocolVersion: '1.0' }],
    }
    const peer = createPeer(giving({}), () => Response.json(grpc))
    expect(await errorOf(connect('https://agent.test', { fetch: peer.fetch }))).toMatchObject({
      code: 'PF_REMOTE_CARD',
      message: expect.stringContaining('GRPC 1.0 at agent.test:443'),
    })
  })
})
