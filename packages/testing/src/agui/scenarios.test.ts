import type { ServerResponse } from 'node:http'
import { HttpAgent } from '@ag-ui/client'
import { describe, expect, it } from 'vitest'
import { asking, before, change, expectFound, type Fault, type Json, problemsOf, started } from '../../test/agui-faults'
import { checkAguiServer } from './check'

/** What is legal in itself, and not what a scenario asks for. */
const wrong: Fault[] = [
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
      events: asking((interrupts) => interrupts.slice(0, 1)),
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
  it.each(wrong)('%s: %s, in %s', { timeout: 5 * 60_000 }, expectFound)

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
    let running: ServerResponse | undefined
    const server = await started({
      answer(request, response) {
        if (request.url !== '/stop') {
          running = response
          return false
        }
        response.writeHead(404).end()
        // The run breaks off without an end.
        running?.end()
        return true
      },
    })
    const report = await checkAguiServer({
      ...server,
      clients: [{ name: '1.0.0', HttpAgent }],
      scenarios: { cancel: { forwardedProps: { scenario: 'cancel' } }, 'http-errors': false },
      cancelUrl: () => `${server.url}stop`,
    })
    const said = report.results.flatMap(({ problems }) => problems.map(({ message }) => message)).join()
    expect(said).toContain('The place to stop runs answers with 404')
    expect(said).toContain('The run that was stopped ends with nothing')
  })
})
