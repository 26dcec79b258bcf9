import { HttpAgent } from '@ag-ui/client'
import { describe, expect, it } from 'vitest'
import {
  asking,
  before,
  change,
  expectFound,
  type Fault,
  hushed,
  type Json,
  problemsOf,
  say,
  started,
  without,
} from '../../test/agui-faults'
import { checkAguiServer } from './check'

/** What breaks a rule of every run. */
const wrong: Fault[] = [
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
      events: asking((interrupts) => interrupts.map((one) => ({ ...one, id: 'same' }))),
    },
  ],
  [
    'interrupts',
    /no such call/,
    'interrupt',
    {
      events: asking(() => [{ id: 'i', reason: 'x', toolCallId: 'other' }]),
    },
  ],
  [
    'interrupts',
    /no time/,
    'multi-interrupt',
    {
      events: asking((interrupts) => interrupts.map((one) => ({ ...one, expiresAt: 'soon' }))),
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
]

describe('is found wrong', () => {
  it.each(wrong)('%s: %s, in %s', { timeout: 5 * 60_000 }, expectFound)

  it('history: a message that the client holds twice', async () => {
    const twice = { id: 'twice', role: 'user', content: 'x' }
    hushed()
    // A client that keeps what it should not: none of the real ones does.
    class Doubling extends HttpAgent {
      override async runAgent(...given: Parameters<HttpAgent['runAgent']>) {
        const result = await super.runAgent(...given)
        this.messages = [...this.messages, twice as never, twice as never]
        return result
      }
    }
    const report = await checkAguiServer({
      ...(await started()),
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
      ...(await started()),
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
      { timeoutMs: 300 },
    )
    expect(problems).toContainEqual({ check: 'time', message: 'The run was not over after 300 ms.', run: 0 })
  })
})
