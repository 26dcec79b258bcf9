import { describe, expect, it } from 'vitest'
import { clients } from '../../test/clients'
import { readStream } from '../../test/read-stream'
import { downgrade, profileOf } from '../wire/profile'
import type { WireEvent } from '../wire/event'
import { createOutboundGuard, type OutboundGuardOptions } from './outbound-guard'
import type { GuardProblem, GuardRule } from './problem'

const ids = { threadId: 't', runId: 'r' }
const started: WireEvent = { type: 'RUN_STARTED', ...ids }
const finished: WireEvent = { type: 'RUN_FINISHED', ...ids }
const text = (messageId: string, ...pieces: string[]): WireEvent[] => [
  { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
  ...pieces.map((delta): WireEvent => ({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta })),
  { type: 'TEXT_MESSAGE_END', messageId },
]
const call = (toolCallId: string, toolCallName = 'look', args = '{}'): WireEvent[] => [
  { type: 'TOOL_CALL_START', toolCallId, toolCallName },
  { type: 'TOOL_CALL_ARGS', toolCallId, delta: args },
  { type: 'TOOL_CALL_END', toolCallId },
]
const result = (toolCallId: string, messageId = `${toolCallId}-result`): WireEvent => ({
  type: 'TOOL_CALL_RESULT',
  toolCallId,
  messageId,
  content: 'seen',
})
const sub = (subagentRunId: string, more: object = {}): WireEvent => ({
  type: 'SUBAGENT_STARTED',
  subagentRunId,
  name: 'helper',
  ...more,
})
const bad = (event: object): WireEvent => event as WireEvent

/** What agents get wrong: the rule that names it, and the events. */
const wrong: [GuardRule, string, WireEvent[]][] = [
  ['first-event', 'something before the start', [...text('m', 'a'), finished]],
  ['run-started-twice', 'a run within a run', [started, { ...started, runId: 'r2' } as WireEvent, finished]],
  ['after-end', 'an event behind the end', [started, finished, ...text('m', 'a')]],
  ['after-end', 'a second end', [started, finished, finished]],
  ['after-end', 'an end behind an error', [started, { type: 'RUN_ERROR', message: 'x' }, finished]],
  ['after-end', 'a second run', [started, finished, { ...started, threadId: 'u', runId: 's' } as WireEvent, finished]],
  ['no-end', 'no end', [started, ...text('m', 'a')]],
  ['no-end', 'nothing at all', []],
  ['run-ids', 'another run than was asked for', [{ ...started, runId: 'x' } as WireEvent, finished]],
  ['run-ids', 'another thread at the end', [started, { ...finished, threadId: 'x' } as WireEvent]],
  ['unknown-type', 'an event of its own making', [started, bad({ type: 'MY_EVENT' }), finished]],
  ['chunk', 'chunks', [started, { type: 'TEXT_MESSAGE_CHUNK', messageId: 'm', delta: 'a' }, finished]],
  [
    'malformed',
    'a delta that is no text',
    [
      started,
      bad({ type: 'TEXT_MESSAGE_START', messageId: 'm' }),
      bad({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 42 }),
      { type: 'TEXT_MESSAGE_END', messageId: 'm' },
      finished,
    ],
  ],
  [
    'malformed',
    'a role that there is not',
    [started, bad({ type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'narrator' }), finished],
  ],
  [
    'malformed',
    'a time with a fraction',
    [started, bad({ type: 'CUSTOM', name: 'n', value: 1, timestamp: 1.5 }), finished],
  ],
  ['malformed', 'null metadata', [started, bad({ type: 'CUSTOM', name: 'n', value: 1, metadata: null }), finished]],
  ['malformed', 'a custom event without a value', [started, bad({ type: 'CUSTOM', name: 'n' }), finished]],
  ['malformed', 'a raw event without one', [started, bad({ type: 'RAW' }), finished]],
  [
    'malformed',
    'a subagent without a name',
    [started, bad({ type: 'SUBAGENT_STARTED', subagentRunId: 's' }), finished],
  ],
  ['malformed', 'a call without a name', [started, bad({ type: 'TOOL_CALL_START', toolCallId: 'c' }), finished]],
  [
    'malformed',
    'an activity that is a list',
    [started, bad({ type: 'ACTIVITY_SNAPSHOT', messageId: 'a', activityType: 'x', content: [1] }), finished],
  ],
  ['malformed', 'an error without a message', [started, bad({ type: 'RUN_ERROR', code: 7 })]],
  [
    'text-not-open',
    'text without a start',
    [started, { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'a' }, finished],
  ],
  ['text-not-open', 'an end without a start', [started, { type: 'TEXT_MESSAGE_END', messageId: 'm' }, finished]],
  [
    'text-opened-twice',
    'a text that is open already',
    [started, { type: 'TEXT_MESSAGE_START', messageId: 'm' }, ...text('m', 'a'), finished],
  ],
  ['left-open', 'a text left open', [started, ...text('m', 'a').slice(0, 2), finished]],
  ['left-open', 'a step left open', [started, { type: 'STEP_STARTED', stepName: 's' }, finished]],
  ['left-open', 'a subagent left at work', [started, sub('s'), finished]],
  [
    'left-open',
    'a subagent left at work by another',
    [
      started,
      sub('s'),
      sub('s2', { parentSubagentRunId: 's' }),
      { type: 'SUBAGENT_FINISHED', subagentRunId: 's' },
      finished,
    ],
  ],
  ['left-open', 'a call cut off in its arguments', [started, ...call('c', 'look', '{"a').slice(0, 2), finished]],
  [
    'call-opened-twice',
    'a call that is open already',
    [started, ...call('c').slice(0, 1), ...call('c'), result('c'), finished],
  ],
  [
    'call-id-reused',
    'a second call of the same id',
    [started, ...call('c'), result('c'), ...call('c'), result('c', 'x'), finished],
  ],
  [
    'call-not-open',
    'arguments without a call',
    [started, { type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '{}' }, finished],
  ],
  ['call-not-open', 'a result before the end of its call', [started, ...call('c').slice(0, 2), result('c'), finished]],
  ['call-arguments', 'arguments that are no JSON', [started, ...call('c', 'look', '{"a"'), result('c'), finished]],
  [
    'call-parent',
    'a call of a message that is not the agent’s',
    [
      started,
      { type: 'TEXT_MESSAGE_START', messageId: 'u', role: 'user' },
      { type: 'TEXT_MESSAGE_END', messageId: 'u' },
      bad({ ...call('c')[0], parentMessageId: 'u' }),
      ...call('c').slice(1),
      result('c'),
      finished,
    ],
  ],
  ['call-unanswered', 'a call without a result', [started, ...call('c'), finished]],
  ['result-without-call', 'a result of nothing', [started, result('c'), finished]],
  ['result-twice', 'two results', [started, ...call('c'), result('c'), result('c', 'x'), finished]],
  [
    'message-id-reused',
    'a result with the id of a text',
    [started, ...text('m', 'a'), ...call('c'), result('c', 'm'), finished],
  ],
  [
    'message-id-reused',
    'a text with the id of an activity',
    [
      started,
      { type: 'ACTIVITY_SNAPSHOT', messageId: 'a', activityType: 'x', content: {} },
      ...text('a', 'b'),
      finished,
    ],
  ],
  [
    'reasoning-not-open',
    'reasoning without a start',
    [started, { type: 'REASONING_MESSAGE_CONTENT', messageId: 'm', delta: 'a' }, finished],
  ],
  [
    'reasoning-opened-twice',
    'reasoning that is open already',
    [
      started,
      { type: 'REASONING_START', messageId: 'm' },
      { type: 'REASONING_START', messageId: 'm' },
      { type: 'REASONING_END', messageId: 'm' },
      finished,
    ],
  ],
  [
    'left-open',
    'a span that ends before its message',
    [
      started,
      { type: 'REASONING_START', messageId: 's' },
      { type: 'REASONING_MESSAGE_START', messageId: 'm', role: 'reasoning' },
      { type: 'REASONING_END', messageId: 's' },
      finished,
    ],
  ],
  ['step-not-open', 'a step that ends without a start', [started, { type: 'STEP_FINISHED', stepName: 's' }, finished]],
  [
    'step-opened-twice',
    'a step of the same name at once',
    [
      started,
      { type: 'STEP_STARTED', stepName: 's' },
      { type: 'STEP_STARTED', stepName: 's' },
      { type: 'STEP_FINISHED', stepName: 's' },
      { type: 'STEP_FINISHED', stepName: 's' },
      finished,
    ],
  ],
  [
    'subagent-not-open',
    'a subagent that ends without a start',
    [started, { type: 'SUBAGENT_FINISHED', subagentRunId: 's' }, finished],
  ],
  [
    'subagent-id-reused',
    'a subagent announced again',
    [started, sub('s'), { type: 'SUBAGENT_FINISHED', subagentRunId: 's' }, sub('s'), finished],
  ],
  [
    'subagent-parent',
    'a subagent of one that nobody announced',
    [started, sub('s', { parentSubagentRunId: 'x' }), { type: 'SUBAGENT_FINISHED', subagentRunId: 's' }, finished],
  ],
  [
    'attribution',
    'an event of a subagent that nobody announced',
    [started, bad({ ...text('m')[0], subagentRunId: 'x' }), ...text('m', 'a').slice(1), finished],
  ],
  [
    'state-delta',
    'a change that does not apply',
    [started, { type: 'STATE_DELTA', delta: [{ op: 'remove', path: '/x' }] }, finished],
  ],
  [
    'activity-delta',
    'a change of an activity that nobody told',
    [started, { type: 'ACTIVITY_DELTA', messageId: 'a', activityType: 'x', patch: [] }, finished],
  ],
  [
    'snapshot-while-open',
    'a snapshot while a text is open',
    [
      started,
      ...text('m', 'a').slice(0, 2),
      { type: 'MESSAGES_SNAPSHOT', messages: [] },
      ...text('m').slice(1),
      finished,
    ],
  ],
  [
    'outcome',
    'two questions of one id',
    [
      started,
      bad({
        ...finished,
        outcome: {
          type: 'interrupt',
          interrupts: [
            { id: 'i', reason: 'a' },
            { id: 'i', reason: 'b' },
          ],
        },
      }),
    ],
  ],
  [
    'outcome',
    'an interrupt that asks nothing',
    [started, bad({ ...finished, outcome: { type: 'interrupt', interrupts: [] } })],
  ],
  ['outcome', 'an outcome that is a list', [started, bad({ ...finished, outcome: [{ type: 'interrupt' }] })]],
  ['outcome', 'an outcome that there is not', [started, bad({ ...finished, outcome: { type: 'paused' } })]],
  [
    'outcome',
    'a question about a call that there was not',
    [
      started,
      bad({ ...finished, outcome: { type: 'interrupt', interrupts: [{ id: 'i', reason: 'a', toolCallId: 'x' }] } }),
    ],
  ],
  [
    'pending-calls',
    'pending calls that there were not',
    [started, bad({ ...finished, outcome: { type: 'success', pendingToolCallIds: ['x'] } })],
  ],
  ['usage', 'usage in fractions', [started, bad({ ...finished, usage: [{ inputTokens: 0.5 }] })]],
]

function guarded(events: readonly WireEvent[], options: Partial<OutboundGuardOptions> = {}) {
  const problems: GuardProblem[] = []
  const guard = createOutboundGuard({ ...ids, state: {}, onProblem: (problem) => problems.push(problem), ...options })
  return { out: [...events.flatMap((event) => guard.push(event)), ...guard.end()], problems }
}

const framesOf = (events: readonly WireEvent[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')

describe.each(wrong)('%s: %s', (rule, _name, events) => {
  it('is refused in strict mode', () => {
    expect(() => guarded(events, { mode: 'strict' })).toThrow(
      expect.objectContaining({ code: 'PF_STREAM_INVALID', details: expect.objectContaining({ rule }) }),
    )
  })

  it('is put right otherwise, and every client takes it', async () => {
    const { out, problems } = guarded(events)
    expect(problems.map((problem) => problem.rule)).toContain(rule)
    expect(out.filter(({ type }) => type === 'RUN_FINISHED' || type === 'RUN_ERROR')).toHaveLength(1)
    for (const client of clients) {
      const profile = profileOf(client.version === '1.0.0' ? '1.0' : undefined)
      const { refused, warnings } = await readStream(
        client,
        framesOf(out.flatMap((event) => downgrade(event, profile, () => {}) ?? [])),
      )
      expect(refused, `${client.version}`).toBeUndefined()
      expect(warnings, `${client.version}`).toEqual([])
    }
  })
})

describe('the guard', () => {
  it('lets everything through that is right, as it is', () => {
    const events: WireEvent[] = [
      started,
      { type: 'STATE_SNAPSHOT', snapshot: { a: 1 } },
      { type: 'STEP_STARTED', stepName: 's' },
      ...text('m', 'a', 'b'),
      ...call('c'),
      result('c'),
      { type: 'REASONING_START', messageId: 'r' },
      { type: 'REASONING_MESSAGE_START', messageId: 'rm', role: 'reasoning' },
      { type: 'REASONING_MESSAGE_CONTENT', messageId: 'rm', delta: 'hm' },
      { type: 'REASONING_MESSAGE_END', messageId: 'rm' },
      { type: 'REASONING_END', messageId: 'r' },
      { type: 'ACTIVITY_SNAPSHOT', messageId: 'a', activityType: 'x', content: { n: 1 } },
      { type: 'ACTIVITY_DELTA', messageId: 'a', activityType: 'x', patch: [{ op: 'replace', path: '/n', value: 2 }] },
      { type: 'STATE_DELTA', delta: [{ op: 'replace', path: '/a', value: 2 }] },
      { type: 'STEP_FINISHED', stepName: 's' },
      sub('s'),
      { type: 'SUBAGENT_FINISHED', subagentRunId: 's' },
      { type: 'CUSTOM', name: 'n', value: null },
      { type: 'RAW', event: {} },
      { ...finished, outcome: { type: 'success' } } as WireEvent,
    ]
    const { out } = guarded(events, { mode: 'strict' })
    expect(out).toEqual(events.map((event) => (event.type === 'TOOL_CALL_RESULT' ? { ...event, role: 'tool' } : event)))
  })

  it('closes what is open, the innermost first', () => {
    const { out } = guarded([
      started,
      { type: 'STEP_STARTED', stepName: 's' },
      { type: 'TEXT_MESSAGE_START', messageId: 'm' },
      { type: 'TOOL_CALL_START', toolCallId: 'c', toolCallName: 'look', parentMessageId: 'm' },
      { type: 'REASONING_START', messageId: 'r' },
      { type: 'REASONING_MESSAGE_START', messageId: 'rm', role: 'reasoning' },
      finished,
    ])
    expect(out.slice(6).map(({ type }) => type)).toEqual([
      'REASONING_MESSAGE_END',
      'REASONING_END',
      'TEXT_MESSAGE_END',
      'TOOL_CALL_ARGS',
      'TOOL_CALL_END',
      'STEP_FINISHED',
      'TOOL_CALL_RESULT',
      'RUN_FINISHED',
    ])
  })

  it('knows what the client holds: ids are taken, calls wait for their results', () => {
    const messages = [
      {
        id: 'a',
        role: 'assistant' as const,
        toolCalls: [{ id: 'c', type: 'function' as const, function: { name: 'look', arguments: '{}' } }],
      },
    ]
    const { out, problems } = guarded([started, result('c'), ...text('a', 'more'), finished], { messages })
    expect(problems).toEqual([])
    expect(out).toHaveLength(6)
    const again = guarded([started, ...call('c'), result('c'), finished], { messages })
    expect(again.problems.map(({ rule }) => rule)).toEqual(['call-id-reused'])
    expect(again.out.find(({ type }) => type === 'TOOL_CALL_START')).toMatchObject({ toolCallId: 'c-2' })
  })

  it('tells a subagent that waits apart from one that gave no end', () => {
    const { out } = guarded([
      started,
      sub('waits'),
      sub('lost'),
      bad({
        ...finished,
        outcome: { type: 'interrupt', interrupts: [{ id: 'i', reason: 'x', subagentRunId: 'waits' }] },
      }),
    ])
    expect(out.slice(3, 5)).toMatchObject([
      { type: 'SUBAGENT_ERROR', subagentRunId: 'lost', code: 'incomplete' },
      { type: 'SUBAGENT_FINISHED', subagentRunId: 'waits', outcome: { type: 'suspended', interruptIds: ['i'] } },
    ])
  })
})
