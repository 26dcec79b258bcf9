import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { artifactTexts, failureCode, type Harness, harness, statusText } from '../../test/harness'
import type { AgentDefinition } from '../agent/agent'
import type { HandlerResult } from '../agent/skill'
import { secret } from '../agent/needs'
import type { JsonValue } from '../model/json'
import { bind } from '../port/port'
import { authServicePort, type HttpClient, httpClientPort, variablesPort } from '../port/services'
import { reply } from '../reply/reply'
import type { RunContext } from './run-context'

const handling = (
  handler: (context: RunContext) => HandlerResult,
  agent: Partial<AgentDefinition> = {},
  options?: Parameters<typeof harness>[1],
): Harness => harness({ ...agent, onMessage: (_message, context) => handler(context) }, options)

afterEach(() => void vi.unstubAllGlobals())

describe('state.task', () => {
  it('lives as long as the task, across its runs', async () => {
    const test = handling(({ state, slots }) => {
      const count = ((state.task.get('count') as number | undefined) ?? 0) + 1
      state.task.set('count', count)
      return slots.answer === undefined || count < 3
        ? reply.inputRequired({ prompt: `${count}?` })
        : reply.data(state.task.all())
    })
    const { key } = await test.sendTask()
    await test.sendTask('x', { taskId: key.taskId })
    const done = await test.sendTask('y', { taskId: key.taskId })
    expect(done.task.artifacts[0]?.parts[0]?.data).toEqual({ count: 3 })
    expect(done.facts.state).toEqual({ count: 3 })
    expect(await handling(({ state }) => reply.data(state.task.all())).send()).toMatchObject({
      message: { parts: [{ data: {} }] },
    })
  })

  it('takes any key, pollutes nothing, and is read back as it was set', async () => {
    const keys = ['__proto__', 'constructor', 'toString', '', 'ä/%']
    const test = handling(async ({ state, flush }) => {
      for (const key of keys) {
        expect(state.task.get(key)).toBeUndefined()
        state.task.set(key, { polluted: key })
      }
      expect(keys.map((key) => state.task.get(key))).toEqual(keys.map((key) => ({ polluted: key })))
      void flush
      state.task.set('gone', 1)
      state.task.set('gone', undefined)
      return 'x'
    })
    const stored = await test.sendTask()
    const state = JSON.parse(JSON.stringify(test.load(stored.key.taskId)?.facts.state)) as Record<string, unknown>
    expect(Object.keys(state)).toEqual(keys)
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
    expect((stored.facts.state as { polluted?: string }).polluted).toBeUndefined()
  })
})

describe('state.context', () => {
  it('lives as long as the context, and belongs to one principal, tenant and context', async () => {
    const agent: Partial<AgentDefinition> = {
      async onMessage(_message, { state }) {
        const before = await state.context.get('n/%')
        await state.context.set('n/%', ((before as number | undefined) ?? 0) + 1)
        return reply.data(before ?? null)
      },
    }
    const test = harness(agent)
    const tenant = harness(agent, { stores: test.stores, runtime: { tenant: 'b' } })
    const read = async (one: Harness, contextId: string, id = 'anonymous'): Promise<unknown> =>
      (await one.send('x', { contextId }, { principal: { id } })).message?.parts[0]?.data
    expect([await read(test, 'c'), await read(test, 'c')]).toEqual([null, 1])
    // Ids that could run together in a key.
    expect([
      await read(test, 'd'),
      await read(test, 'c', 'eve'),
      await read(tenant, 'c'),
      await read(test, 'c/n', 'anonymous'),
      await read(test, '', 'anonymous/c'),
    ]).toEqual([null, null, null, null, null])
    expect(await read(test, 'c')).toBe(2)
  })

  it('can be removed', async () => {
    const test = handling(async ({ state }) => {
      await state.context.set('k', [1])
      await state.context.set('k', undefined)
      return reply.data((await state.context.get('k')) ?? 'none')
    })
    expect((await test.send()).message?.parts[0]?.data).toBe('none')
  })
})

describe('history', () => {
  const telling = async ({ history, message }: RunContext): Promise<string> =>
    (await history()).map((one) => one.parts[0]?.text).join(',') + ` < ${message.text}`

  it('is what came before this message: direct replies, tasks, and what was streamed', async () => {
    const test = handling(async function* (context) {
      const before = await telling({
        ...context,
        history: (limit) => context.history(limit),
        message: context.message,
      } as RunContext)
      if (context.message.text === 'task') yield 'streamed'
      else if (context.message.text === 'status') yield reply.completed('said')
      else yield reply.data(before)
      expect(await context.history()).toBeDefined()
    })
    const tell = handling((context) => telling(context), {}, { stores: test.stores })
    const inContext = { contextId: 'c' }
    expect((await tell.send('one', inContext)).message?.parts[0]?.text).toBe(' < one')
    await test.sendTask('task', inContext)
    await test.sendTask('status', inContext)
    expect((await tell.send('two', inContext)).message?.parts[0]?.text).toBe(
      'one, < one,task,streamed,status,said < two',
    )
  })

  it('leaves this message and what follows out, though they are stored already', async () => {
    const test = handling(async (context) => {
      await context.startTask()
      context.emit({
        type: 'message',
        message: { messageId: 'mine', role: 'agent', parts: [{ text: 'working on it' }] },
      })
      await context.flush()
      return reply.data([
        await context.history(),
        await context.history(1),
        await context.history(0),
      ] as unknown as JsonValue)
    })
    const earlier = handling(() => 'answer', {}, { stores: test.stores })
    await earlier.send('question', { contextId: 'c' })
    // The same message id again, as some clients do.
    const { task } = await test.sendTask('now', { contextId: 'c', messageId: 'reused' })
    const [all, last, none] = task.artifacts[0]!.parts[0]!.data as { parts: { text: string }[] }[][]
    expect([all, last, none].map((list) => list?.map((one) => one.parts[0]?.text))).toEqual([
      ['question', 'answer'],
      ['answer'],
      [],
    ])
  })
})

describe('fetch', () => {
  const needs = { outbound: ['https://api.example.com', 'http://127.0.0.1:*'] }
  const calls: [string, RequestInit][] = []
  const client = (answer: (init: RequestInit) => Promise<Response> = async () => new Response('ok')): HttpClient => ({
    fetch(request, init = {}) {
      calls.push([request instanceof Request ? request.url : String(request), init])
      return answer(init)
    },
  })
  const fetching = (run: (context: RunContext) => Promise<unknown>, http = client()): Harness =>
    handling(
      async (context) => {
        await run(context)
        return 'ok'
      },
      { needs },
      { bindings: [bind(httpClientPort, http)] },
    )

  it.each([
    ['https://api.example.com/x?y=1', true],
    ['https://api.example.com:443/x', true],
    ['https://API.EXAMPLE.com/x', true],
    ['http://127.0.0.1:8080/', true],
    ['http://api.example.com/', false],
    ['https://api.example.com:8443/', false],
    ['https://api.example.com.evil.test/', false],
    ['https://api.example.com@evil.test/', false],
    ['https://evil.test/?https://api.example.com', false],
    ['file:///etc/passwd', false],
  ])('%s: %s', async (url, isAllowed) => {
    calls.length = 0
    for (const input of [
      url,
      new URL(url),
      ...(url.startsWith('file') || url.includes('@') ? [] : [new Request(url)]),
    ]) {
      const test = fetching((context) => context.fetch(input))
      const outcome = await test.send()
      if (isAllowed) expect(outcome.message?.parts[0]?.text).toBe('ok')
      else expect(outcome.task && failureCode(outcome.task)).toBe('PF_OUTBOUND_DENIED')
    }
    if (!isAllowed) expect(calls).toEqual([])
  })

  it('calls nobody where the agent needs nobody, and tells no more of the address than its host', async () => {
    const failed = await handling((context) =>
      context.fetch('https://user:pass@api.example.com/path?key=1').then(() => 'ok'),
    ).sendTask()
    expect(statusText(failed)).toBe(
      "Calls to https://api.example.com are not allowed. Add it to the agent's needs.outbound.",
    )
  })

  it('does not follow redirects, whoever asks', async () => {
    calls.length = 0
    const redirect = client(
      async () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } }),
    )
    const test = fetching(async (context) => {
      for (const init of [
        undefined,
        { redirect: 'follow' as const },
        { redirect: 'manual' as const },
        { redirect: 'error' as const },
      ])
        expect((await context.fetch('https://api.example.com/', init)).status).toBe(302)
      await context.fetch(new Request('https://api.example.com/', { redirect: 'error' }))
    }, redirect)
    await test.send()
    expect(calls.map(([, init]) => init.redirect)).toEqual(['manual', 'manual', 'manual', 'error', 'error'])
  })

  it('goes to the global fetch where no client is bound', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response('global'))
    vi.stubGlobal('fetch', fetch)
    const test = handling(
      async (context) => (await context.fetch('https://api.example.com/', { method: 'POST', body: 'x' })).text(),
      { needs },
    )
    expect((await test.send()).message?.parts[0]?.text).toBe('global')
    expect(fetch).toHaveBeenCalledWith(
      'https://api.example.com/',
      expect.objectContaining({ method: 'POST', body: 'x' }),
    )
  })

  it('ends with the run, and with the signal of the call, also while the body is read', async () => {
    for (const how of ['run', 'call', 'request', 'run beside call'] as const) {
      const own = new AbortController()
      const url = 'https://api.example.com/'
      const input = how === 'request' ? new Request(url, { signal: own.signal }) : url
      const init = how === 'call' || how === 'run beside call' ? { signal: own.signal } : {}
      const seen: { signal?: AbortSignal } = {}
      const test: Harness = fetching(
        async (context) => {
          const response = await context.fetch(input, init)
          await response.text()
        },
        client(async ({ signal }) => {
          seen.signal = signal as AbortSignal
          return new Response(
            new ReadableStream({
              start(controller) {
                signal?.addEventListener('abort', () => controller.error(signal.reason))
              },
            }),
          )
        }),
      )
      const run = test.submit()
      await test.clock.settle()
      expect(seen.signal?.aborted).toBe(false)
      if (how.startsWith('run')) {
        run.cancel()
        await expect(run.outcome).rejects.toMatchObject({ code: 'PF_RUN_CANCELED' })
      } else {
        own.abort(new Error('enough'))
        expect((await run.outcome).task?.task.status.state).toBe('failed')
      }
      expect(seen.signal?.aborted).toBe(true)
    }
  })

  it('does not begin with a signal that was aborted before', async () => {
    let seen: AbortSignal | null | undefined
    const reason = new Error('before')
    const test = fetching(
      (context) => context.fetch('https://api.example.com/', { signal: AbortSignal.abort(reason) }),
      client(async ({ signal }) => {
        seen = signal
        throw signal?.reason as Error
      }),
    )
    expect(failureCode(await test.sendTask())).toBe('PF_INTERNAL')
    expect([seen?.aborted, seen?.reason]).toEqual([true, reason])
  })

  it('leaves no listener on the signals of calls, however they went', async () => {
    const { signal } = new AbortController()
    const signals: AbortSignal[] = []
    let call = 0
    const answers = [
      async () => new Response('body'),
      async () => new Response(null, { status: 204 }),
      async () => {
        throw new TypeError('network')
      },
    ]
    const test = fetching(
      async (context) => {
        signals.push(context.signal)
        for (let index = 0; index < 30; index++)
          await context.fetch('https://api.example.com/', { signal }).catch(() => {})
        // Only the ten with a body are still tied to both.
        expect(getEventListeners(signal, 'abort')).toHaveLength(10)
      },
      client(() => (answers[call++ % 3] as () => Promise<Response>)()),
    )
    await test.send()
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(signals.flatMap((one) => getEventListeners(one, 'abort'))).toEqual([])
  })
})

describe('variables, secrets, credentials', () => {
  const values: Record<string, string> = { REGION: 'eu', KEY: 'sk-very-secret', EMPTY: '' }
  const variables = bind(variablesPort, { get: (name) => (Object.hasOwn(values, name) ? values[name] : undefined) })

  it('a variable is its value, or its default', async () => {
    const needs = { variables: { REGION: { default: 'us' }, COLOR: { default: 'red' }, NONE: {} } }
    const read = async ({ variable }: RunContext): Promise<JsonValue> => [
      (await variable('REGION')) ?? null,
      (await variable('COLOR')) ?? null,
      (await variable('NONE')) ?? null,
      (await variable('__proto__')) ?? null,
    ]
    const reading = (bindings: Parameters<typeof harness>[1]) =>
      handling(async (context) => reply.data(await read(context)), { needs }, bindings).send()
    expect((await reading({ bindings: [variables] })).message?.parts[0]?.data).toEqual(['eu', 'red', null, null])
    expect((await reading({})).message?.parts[0]?.data).toEqual(['us', 'red', null, null])
  })

  it('a secret without a value fails with its name', async () => {
    for (const name of ['NONE', 'EMPTY']) {
      const failed = await handling(
        async (context) => context.secret(secret(name)),
        {},
        { bindings: [variables] },
      ).sendTask()
      expect([failureCode(failed), statusText(failed)]).toEqual([
        'PF_SECRET_MISSING',
        `The secret ${name} has no value. Set the variable ${name}.`,
      ])
    }
  })

  it('what is optional is undefined where it has no value, and empty is none', async () => {
    const seen: unknown[] = []
    const needs = { variables: { EMPTY: { optional: true }, NONE: { optional: true }, REGION: { optional: true } } }
    const test = harness(
      {
        needs,
        onMessage: async (_, { secret: read, variable }) => {
          for (const name of ['KEY', 'EMPTY', 'NONE']) seen.push(await read(secret(name, { optional: true })))
          for (const name of ['REGION', 'EMPTY', 'NONE']) seen.push(await variable(name))
          await read('NONE')
        },
      },
      { bindings: [bind(variablesPort, { get: (name) => values[name] })] },
    )
    expect(failureCode(await test.sendTask('x'))).toBe('PF_SECRET_MISSING')
    expect(seen).toEqual(['sk-very-secret', undefined, undefined, 'eu', undefined, undefined])
  })

  it('a secret stands in no log and no message, whatever the handler does with it but to say it', async () => {
    const test = handling(
      async (context) => {
        const key = await context.secret('KEY')
        context.log('info', `using ${key}`, {
          url: `https://x?key=${key}`,
          nested: [{ key }],
          error: new Error(key),
          deep: { a: { b: { c: { d: { e: { f: key } } } } } },
        })
        throw new Error(`401 for ${key}`)
      },
      {},
      { bindings: [variables] },
    )
    const failed = await test.sendTask()
    expect(JSON.stringify(failed)).not.toContain(values.KEY)
    expect(test.logs).toHaveLength(2)
    expect(JSON.stringify(test.logs)).not.toContain(values.KEY)
    expect(test.logs[0]?.message).toBe('using [secret]')
    expect(test.logs[0]?.fields.error).toContain('Error: [secret]')
    expect(test.logs[1]?.fields.error).toContain('401 for [secret]')
  })

  it('a credential is asked for on behalf of the principal', async () => {
    const asked: unknown[] = []
    const auth = bind(authServicePort, {
      credential: (audience, principal) => {
        asked.push([audience, principal])
        return { scheme: 'Bearer', value: 't' }
      },
    })
    const test = handling(
      async (context) => reply.data({ ...(await context.credential('https://api')) }),
      {},
      { bindings: [auth] },
    )
    expect((await test.send('x', {}, { principal: { id: 'ada', scopes: ['s'] } })).message?.parts[0]?.data).toEqual({
      scheme: 'Bearer',
      value: 't',
    })
    expect(asked).toEqual([['https://api', { id: 'ada', scopes: ['s'] }]])
    expect(
      (await handling(async (context) => reply.data((await context.credential('x')) ?? 'none')).send()).message
        ?.parts[0]?.data,
    ).toBe('none')
  })
})

it('carries what the caller brought', async () => {
  const test = handling(
    (context) =>
      reply.data([
        context.clientState,
        context.clientContext,
        context.clientTools,
        context.acceptedOutputModes,
        context.trace,
        context.tenant,
        context.runId,
      ] as unknown as JsonValue),
    {},
    { runtime: { tenant: 't' } },
  )
  const input = {
    state: { a: 1 },
    context: [{ where: 'here' }],
    clientTools: [{ name: 'pick', description: 'Picks' }],
    acceptedOutputModes: ['text/plain'],
    trace: { traceparent: '00-1-2-01' },
    runId: 'r',
  }
  const { message } = await test.send('x', {}, input)
  expect(message?.parts[0]?.data).toEqual([
    { a: 1 },
    [{ where: 'here' }],
    [{ name: 'pick', description: 'Picks' }],
    ['text/plain'],
    { traceparent: '00-1-2-01' },
    't',
    'r',
  ])
})

it('logs with the ids of its run', async () => {
  const test = handling(async (context) => {
    context.log('debug', 'one')
    await context.startTask()
    context.log('warn', 'two', { x: 1 })
    return 'x'
  })
  const { key, task, facts } = await test.sendTask()
  const ids = { runId: facts.runId, contextId: task.contextId }
  expect(test.logs).toEqual([
    { level: 'debug', message: 'one', fields: ids },
    { level: 'warn', message: 'two', fields: { ...ids, taskId: key.taskId, x: 1 } },
  ])
  expect(artifactTexts({ task } as never)).toEqual(['x'])
})
