import { HttpAgent } from '@ag-ui/client'
import { HttpAgent as HttpAgent057 } from '@ag-ui/client-0.0.57'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Misbehaviour, startAguiServer } from '../../test/agui-server'
import { checkAguiServer, registerAguiCases } from './check'
import type { AguiScenario } from './options'
import { type AguiCheck, formatAguiReport } from './report'

// oxlint-disable-next-line typescript/no-explicit-any -- events that are wrong
type Json = any

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const close of closing.splice(0)) await close()
})

async function started(wrong?: Misbehaviour): Promise<string> {
  const server = await startAguiServer(wrong)
  closing.push(() => server.close())
  return server.url
}

/** What is found wrong in one scenario. */
async function problemsOf(scenario: AguiScenario, wrong: Misbehaviour, timeoutMs = 20_000) {
  // What clients say of what they refuse.
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const prompt = scenario === 'history' ? 'text' : scenario === 'interrupt-cancelled' ? 'interrupt' : scenario
  const report = await checkAguiServer({
    url: await started(wrong),
    clients: [{ name: '1.0.0', HttpAgent }],
    scenarios: {
      'http-errors': false,
      [scenario]: {
        forwardedProps: { scenario: prompt },
        ...(scenario === 'frontend-tool' && { tools: [{ name: 'pick', description: 'Picks' }] }),
      },
    },
    timeoutMs,
  })
  return report.results.find((one) => one.scenario === scenario)?.problems ?? []
}

const change =
  (type: string, make: (event: Json, input: Json) => Json[]) =>
  (events: Json[], input: Json): Json[] =>
    events.flatMap((event) => (event.type === type ? make(event, input) : [event]))
const before = (type: string, ...more: Json[]) => change(type, (event) => [...more, event])
const without = (type: string) => change(type, () => [])
const say = (messageId: string) => [
  { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
  { type: 'TEXT_MESSAGE_END', messageId },
]

describe('a server that does it right', () => {
  for (const [name, Agent] of [
    ['1.0.0', HttpAgent],
    ['0.0.57', HttpAgent057],
  ] as const)
    it(`passes every scenario, with client ${name}`, async () => {
      const isOld = name === '0.0.57'
      const report = await checkAguiServer({
        // An old client has to be told of pending calls as it understands them.
        url: await started(
          isOld
            ? {
                events: change('RUN_FINISHED', (event) => [
                  event.outcome.pendingToolCallIds ? { ...event, outcome: { type: 'success' } } : event,
                ]),
              }
            : {},
        ),
        clients: [{ name, HttpAgent: Agent }],
      })
      expect(report.ok, `${formatAguiReport(report)}`).toBe(true)
      expect(report.skipped).toBe(0)
      expect(report.results.flatMap(({ warnings }) => warnings)).toEqual([])
    })

  it('passes with the client that is installed', async () => {
    const report = await checkAguiServer({ url: await started(), scenarios: { text: { content: 'Hi' } } })
    expect(report).toMatchObject({ ok: true, passed: 2, failed: 0, skipped: 14 })
    expect(formatAguiReport(report)).toContain('passed   text (client installed)')
  })
})

/** What servers do wrong: the check that finds it, what it says, the scenario, and how. */
const wrong: [AguiCheck, RegExp, AguiScenario, Misbehaviour][] = [
  ['http', /content type is "application\/json"/, 'text', { headers: { 'content-type': 'application/json' } }],
  [
    'http',
    /status 500: Oops/,
    'text',
    {
      answer(_request, response) {
        response.writeHead(500, { 'content-type': 'text/plain' })
        response.end('Oops')
        return true
      },
    },
  ],
  [
    'http',
    /There was no answer/,
    'text',
    {
      answer(request) {
        request.socket.destroy()
        return true
      },
    },
  ],
  [
    'http',
    /error 500 is "text\/html"/,
    'error-before',
    {
      answer(_request, response) {
        response.writeHead(500, { 'content-type': 'text/html' })
        response.end('<h1>Oops</h1>')
        return true
      },
    },
  ],
  ['framing', /CR/, 'text', { frames: (text) => text.replaceAll('\n', '\r\n') }],
  ['framing', /no JSON/, 'text', { frames: (text) => `${text}data: [DONE]\n\n` }],
  ['framing', /no event/, 'text', { frames: (text) => `${text}data: []\n\n` }],
  ['framing', /within a record/, 'text', { frames: (text) => text.slice(0, -1) }],
  ['framing', /none of server-sent events/, 'text', { frames: (text) => `: fine\nnot fine\n\n${text}` }],
  ['framing', /byte order mark/, 'text', { frames: (text) => `\uFEFF${text}` }],
  [
    'framing',
    /not UTF-8/,
    'text',
    { frames: (text) => Buffer.concat([Buffer.from(': '), Buffer.of(0xff), Buffer.from(`\n\n${text}`)]) },
  ],
  ['framing', /10 Mi/, 'text', { frames: (text) => `: ${'x'.repeat(10 * 1024 * 1024)}\n\n${text}` }],
  ['schema', /delta/, 'text', { events: change('TEXT_MESSAGE_CONTENT', (event) => [{ ...event, delta: 42 }]) }],
  ['schema', /no event "MY_EVENT"/, 'text', { events: before('RUN_FINISHED', { type: 'MY_EVENT' }) }],
  ['schema', /timestamp/, 'text', { events: change('RUN_FINISHED', (event) => [{ ...event, timestamp: 1.5 }]) }],
  [
    'schema',
    /usage/,
    'text',
    { events: change('RUN_FINISHED', (event) => [{ ...event, usage: [{ inputTokens: 0.5 }] }]) },
  ],
  ['schema', /name/, 'text', { events: change('TEXT_MESSAGE_START', (event) => [{ ...event, name: null }]) }],
  ['client', /still active/, 'text', { events: without('TEXT_MESSAGE_END') }],
  ['client', /No active text message/, 'text', { events: without('TEXT_MESSAGE_START') }],
  ['terminal', /no event/, 'text', { events: () => [] }],
  ['terminal', /first event is TEXT_MESSAGE_START/, 'text', { events: without('RUN_STARTED') }],
  ['terminal', /no end/, 'text', { events: without('RUN_FINISHED') }],
  ['terminal', /behind the end/, 'text', { events: change('RUN_FINISHED', (event) => [event, event]) }],
  [
    'terminal',
    /behind the end/,
    'error-mid',
    { events: (events, { threadId, runId }) => [...events, { type: 'RUN_FINISHED', threadId, runId }] },
  ],
  ['ids', /runId "other"/, 'text', { events: change('RUN_STARTED', (event) => [{ ...event, runId: 'other' }]) }],
  ['ids', /threadId "other"/, 'text', { events: change('RUN_FINISHED', (event) => [{ ...event, threadId: 'other' }]) }],
  [
    'ids',
    /message of user/,
    'text',
    { events: (events, { messages }) => before('RUN_FINISHED', ...say(messages[0].id))(events, {}) },
  ],
  [
    'ids',
    /written on to/,
    'history',
    {
      events: (events, { messages }) => {
        const held = messages.find(({ role }: Json) => role === 'assistant')
        return held === undefined ? events : before('RUN_FINISHED', ...say(held.id))(events, {})
      },
    },
  ],
  [
    'ids',
    /id of another message/,
    'tools',
    {
      events: (events, { messages }) =>
        change('TOOL_CALL_RESULT', (event) => [{ ...event, messageId: messages[0].id }])(events, {}),
    },
  ],
  [
    'ids',
    /a call .* before/,
    'interrupt',
    {
      events: (events, { messages, resume }) => {
        if (resume === undefined) return events
        const { id } = messages.find((one: Json) => one.toolCalls).toolCalls[0]
        return before(
          'TOOL_CALL_RESULT',
          { type: 'TOOL_CALL_START', toolCallId: id, toolCallName: 'send' },
          { type: 'TOOL_CALL_END', toolCallId: id },
        )(events, {})
      },
    },
  ],
  [
    'ids',
    /is of .*, a message of user/,
    'tools',
    {
      events: (events, { messages }) =>
        change('TOOL_CALL_START', (event) => [{ ...event, parentMessageId: messages[0].id }])(events, {}),
    },
  ],
  [
    'ids',
    /activity .* message of user/,
    'state',
    {
      events: (events, { messages }) =>
        change('ACTIVITY_SNAPSHOT', (event) => [{ ...event, messageId: messages[0].id }])(events, {}),
    },
  ],
  [
    'ids',
    /has u twice/,
    'text',
    {
      events: before('RUN_FINISHED', {
        type: 'MESSAGES_SNAPSHOT',
        messages: [
          { id: 'u', role: 'user', content: 'a' },
          { id: 'u', role: 'user', content: 'b' },
        ],
      }),
    },
  ],
  ['calls', /no JSON/, 'tools', { events: change('TOOL_CALL_ARGS', (event) => [{ ...event, delta: '{"a' }]) }],
  [
    'calls',
    /no such call/,
    'tools',
    { events: change('TOOL_CALL_RESULT', (event) => [event, { ...event, messageId: 'm', toolCallId: 'other' }]) },
  ],
  [
    'calls',
    /second result/,
    'tools',
    { events: change('TOOL_CALL_RESULT', (event) => [event, { ...event, messageId: 'm2' }]) },
  ],
  ['calls', /has no result/, 'tools', { events: without('TOOL_CALL_RESULT') }],
  [
    'calls',
    /before the end of its arguments/,
    'tools',
    {
      events: (events) => {
        const result = events.find(({ type }) => type === 'TOOL_CALL_RESULT')
        return before('TOOL_CALL_END', result)(without('TOOL_CALL_RESULT')(events, {}), {})
      },
    },
  ],
  [
    'calls',
    /does not wait/,
    'text',
    {
      events: change('RUN_FINISHED', (event) => [
        { ...event, outcome: { type: 'success', pendingToolCallIds: ['x'] } },
      ]),
    },
  ],
  [
    'calls',
    /not named as pending/,
    'frontend-tool',
    {
      events: before(
        'RUN_FINISHED',
        { type: 'TOOL_CALL_START', toolCallId: 'second', toolCallName: 'pick' },
        { type: 'TOOL_CALL_ARGS', toolCallId: 'second', delta: '{}' },
        { type: 'TOOL_CALL_END', toolCallId: 'second' },
      ),
    },
  ],
  [
    'interrupts',
    /have the id same/,
    'multi-interrupt',
    {
      events: change('RUN_FINISHED', (event) => [
        event.outcome.interrupts
          ? {
              ...event,
              outcome: {
                ...event.outcome,
                interrupts: event.outcome.interrupts.map((one: Json) => ({ ...one, id: 'same' })),
              },
            }
          : event,
      ]),
    },
  ],
  [
    'interrupts',
    /no such call/,
    'interrupt',
    {
      events: change('RUN_FINISHED', (event) => [
        event.outcome.interrupts
          ? { ...event, outcome: { type: 'interrupt', interrupts: [{ id: 'i', reason: 'x', toolCallId: 'other' }] } }
          : event,
      ]),
    },
  ],
  [
    'interrupts',
    /no time/,
    'multi-interrupt',
    {
      events: change('RUN_FINISHED', (event) => [
        event.outcome.interrupts
          ? {
              ...event,
              outcome: {
                ...event.outcome,
                interrupts: event.outcome.interrupts.map((one: Json) => ({ ...one, expiresAt: 'soon' })),
              },
            }
          : event,
      ]),
    },
  ],
  [
    'patches',
    /does not apply/,
    'state',
    { events: change('STATE_DELTA', (event) => [{ ...event, delta: [{ op: 'remove', path: '/x/y' }] }]) },
  ],
  [
    'patches',
    /does not apply/,
    'state',
    { events: change('ACTIVITY_DELTA', (event) => [{ ...event, patch: [{ op: 'remove', path: '/x/y' }] }]) },
  ],
  ['patches', /was not told before/, 'state', { events: without('ACTIVITY_SNAPSHOT') }],
  [
    'scenario',
    /ends with RUN_ERROR "broke"/,
    'text',
    { events: change('RUN_FINISHED', () => [{ type: 'RUN_ERROR', message: 'x', code: 'broke' }]) },
  ],
  [
    'scenario',
    /ends with cancelled/,
    'text',
    { events: change('RUN_FINISHED', (event) => [{ ...event, outcome: { type: 'cancelled' } }]) },
  ],
  [
    'scenario',
    /no result of a tool/,
    'tools',
    { events: (events) => events.filter(({ type }) => type.startsWith('RUN_')) },
  ],
  [
    'scenario',
    /no reasoning/,
    'reasoning',
    { events: (events) => events.filter(({ type }) => type.startsWith('RUN_')) },
  ],
  [
    'scenario',
    /no event of the state/,
    'state',
    { events: (events) => events.filter(({ type }) => type.startsWith('RUN_')) },
  ],
  [
    'scenario',
    /is gone/,
    'history',
    {
      events: (events, { messages }) =>
        messages.length < 2
          ? events
          : before('RUN_FINISHED', { type: 'MESSAGES_SNAPSHOT', messages: [messages.at(-1)] })(events, {}),
    },
  ],
  [
    'scenario',
    /is another/,
    'history',
    {
      events: (events, { messages }) =>
        before('RUN_FINISHED', {
          type: 'MESSAGES_SNAPSHOT',
          messages: messages.map((one: Json) => ({ ...one, content: `${one.content}!` })),
        })(events, {}),
    },
  ],
  [
    'scenario',
    /waits/,
    'frontend-tool',
    {
      events: (events) =>
        events
          .filter(({ type }) => type.startsWith('TEXT') || type.startsWith('RUN'))
          .map((one) => (one.outcome ? { ...one, outcome: { type: 'success' } } : one)),
    },
  ],
  [
    'scenario',
    /results that the page gave/,
    'frontend-tool',
    {
      events: (events, { messages }) =>
        messages.at(-1).role === 'tool'
          ? before('RUN_FINISHED', {
              type: 'TOOL_CALL_RESULT',
              messageId: 'again',
              toolCallId: messages.at(-1).toolCallId,
              content: 'x',
            })(events, {})
          : events,
    },
  ],
  [
    'scenario',
    /asks 0 questions/,
    'interrupt',
    { events: change('RUN_FINISHED', (event) => [{ ...event, outcome: { type: 'success' } }]) },
  ],
  [
    'scenario',
    /asks 1 questions, not 2/,
    'multi-interrupt',
    {
      events: change('RUN_FINISHED', (event) => [
        event.outcome.interrupts
          ? { ...event, outcome: { type: 'interrupt', interrupts: event.outcome.interrupts.slice(0, 1) } }
          : event,
      ]),
    },
  ],
  [
    'scenario',
    /asked again/,
    'interrupt-cancelled',
    {
      events: (events, { resume }) =>
        resume === undefined
          ? events
          : change('RUN_FINISHED', (event) => [
              { ...event, outcome: { type: 'interrupt', interrupts: [{ id: resume[0].interruptId, reason: 'x' }] } },
            ])(events, {}),
    },
  ],
  [
    'scenario',
    /no end of questions/,
    'interrupt',
    {
      events: change('RUN_FINISHED', (event) => [
        { ...event, outcome: { type: 'interrupt', interrupts: [{ id: crypto.randomUUID(), reason: 'x' }] } },
      ]),
    },
  ],
  [
    'scenario',
    /not with RUN_ERROR/,
    'error-mid',
    {
      events: change('RUN_ERROR', (_event, { threadId, runId }) => [
        { type: 'TEXT_MESSAGE_END', messageId: 'x' },
        { type: 'RUN_FINISHED', threadId, runId },
      ]),
    },
  ],
  [
    'scenario',
    /tells a stack/,
    'error-before',
    { events: change('RUN_ERROR', (event) => [{ ...event, message: `${new Error('x').stack}` }]) },
  ],
  ['scenario', /holds the stream back/, 'slow', { headers: { 'x-buffered': 'yes' } }],
  [
    'scenario',
    /which is not much/,
    'huge',
    { events: change('TEXT_MESSAGE_CONTENT', (event) => [{ ...event, delta: 'short' }]) },
  ],
]

describe('is found wrong', () => {
  it.each(wrong)('%s: %s, in %s', async (check, message, scenario, misbehaviour) => {
    const problems = await problemsOf(scenario, misbehaviour)
    const found = problems.filter((one) => one.check === check && message.test(one.message))
    expect(found, `${JSON.stringify(problems, undefined, 1)}`).not.toEqual([])
  })

  it('history: a message that the client holds twice', async () => {
    const twice = { id: 'twice', role: 'user', content: 'x' }
    vi.spyOn(console, 'error').mockImplementation(() => {})
    // A client that keeps what it should not: none of the real ones does.
    class Doubling extends HttpAgent {
      override async runAgent(...given: Parameters<HttpAgent['runAgent']>) {
        const result = await super.runAgent(...given)
        this.messages = [...this.messages, twice as never, twice as never]
        return result
      }
    }
    const report = await checkAguiServer({
      url: await started(),
      clients: [{ name: 'doubling', HttpAgent: Doubling }],
      scenarios: { text: {}, 'http-errors': false },
    })
    expect(report.results[0]?.problems).toMatchObject([{ check: 'history', message: /twice/ }])
  })

  it('patches: a client that ends with another state', async () => {
    class Forgetting extends HttpAgent {
      override async runAgent(...given: Parameters<HttpAgent['runAgent']>) {
        const result = await super.runAgent(...given)
        this.state = { list: [] }
        return result
      }
    }
    const report = await checkAguiServer({
      url: await started(),
      clients: [{ name: 'forgetting', HttpAgent: Forgetting }],
      scenarios: { state: { forwardedProps: { scenario: 'state' } }, 'http-errors': false },
    })
    const problems = report.results.flatMap((one) => one.problems)
    expect(problems).toMatchObject([{ check: 'patches', message: /another state/ }])
  })

  it('time: a run that does not end', async () => {
    const problems = await problemsOf(
      'text',
      { answer: (_request, response) => response.writeHead(200).write(': ') },
      300,
    )
    expect(problems).toContainEqual({ check: 'time', message: 'The run was not over after 300 ms.', run: 0 })
  })

  it('scenario: a run that is over before it can be stopped, and a place to stop runs that is none', async () => {
    const over = await problemsOf('cancel', {
      answer(_request, response, body) {
        const { threadId, runId } = JSON.parse(body)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const type of ['RUN_STARTED', 'RUN_FINISHED'])
          response.write(`data: ${JSON.stringify({ type, threadId, runId })}\n\n`)
        response.end()
        return true
      },
    })
    expect(over.map(({ message }) => message).join()).toContain('over before it could be broken off')
    const url = await started({
      answer: (request, response) => request.url === '/stop' && Boolean(response.writeHead(404).end()),
    })
    const report = await checkAguiServer({
      url,
      clients: [{ name: '1.0.0', HttpAgent }],
      scenarios: { cancel: { forwardedProps: { scenario: 'cancel' } }, 'http-errors': false },
      cancelUrl: () => `${url}stop`,
      timeoutMs: 500,
    })
    const said = report.results.flatMap(({ problems }) => problems.map(({ message }) => message)).join()
    expect(said).toContain('The place to stop runs answers with 404')
    expect(said).toContain('The run that was stopped ends with nothing')
  })

  it('http: requests that are wrong, and are answered as if they were right, by other words or not at all', async () => {
    const always = (status: number, type: string, text: string): Misbehaviour => ({
      answer: (_request, response) => Boolean(response.writeHead(status, { 'content-type': type }).end(text)),
    })
    const check = async (misbehaviour: Misbehaviour) => {
      const report = await checkAguiServer({ url: await started(misbehaviour), scenarios: {} })
      return report.results.flatMap(({ problems }) => problems.map(({ message }) => message))
    }
    expect(await check(always(200, 'text/event-stream', ''))).toHaveLength(7)
    expect((await check(always(400, 'text/html', '<h1>')))[0]).toContain('not application/json')
    expect((await check(always(400, 'application/json', 'null')))[0]).toContain('no JSON object')
    const gone = await check({ answer: (request) => Boolean(request.socket.destroy()) })
    expect(gone[0]).toContain('there was no answer')
  })

  it('fields that the protocol does not have are a warning', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const report = await checkAguiServer({
      url: await started({ events: change('RUN_STARTED', (event) => [{ ...event, extra: 1 }]) }),
      scenarios: { text: {} },
    })
    expect(report.ok).toBe(true)
    expect(report.results[0]?.warnings).toEqual([
      'run 0, event 0: RUN_STARTED has fields that clients leave out: extra',
    ])
  })
})

describe('scenarios', () => {
  it('of what an agent says that it can not are skipped', async () => {
    const url = await started({
      answer(request, response) {
        if (request.url !== '/capabilities') return false
        response.end(
          JSON.stringify({
            tools: { supported: false, clientProvided: false },
            state: { snapshots: false, deltas: false },
            reasoning: { supported: false },
            humanInTheLoop: { interrupts: false },
          }),
        )
        return true
      },
    })
    const report = await checkAguiServer({ url, capabilities: `${url}capabilities` })
    expect(report.results.filter(({ status }) => status === 'skipped').map(({ scenario }) => scenario)).toEqual([
      'tools',
      'frontend-tool',
      'state',
      'reasoning',
      'interrupt',
      'interrupt-cancelled',
      'multi-interrupt',
    ])
    await expect(checkAguiServer({ url, capabilities: `${url}nothing` })).rejects.toThrow('answers with 405')
  })

  it('are tests of a framework each, that fail and skip with the reason', async () => {
    const told: string[] = []
    const runs: (() => Promise<void>)[] = []
    registerAguiCases(
      (name, run) => void runs.push(() => run({ skip: (reason) => void told.push(`${name}: ${reason}`) })),
      { url: () => started({ events: without('RUN_FINISHED') }), scenarios: { text: {} } },
    )
    const ends = await Promise.allSettled(runs.map((run) => run()))
    expect(ends.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { name: 'CaseFailure', message: /^text \(client installed\)\n {2}terminal \(run 0\): / } },
    ])
    expect(told).toContain('tools (client installed): nothing says how to ask for it')
  })
})
