import type { WireEvent } from '../src/wire/event'

/** A stream that clients end the run over. */
export interface FatalStream {
  /** The rule it breaks. */
  readonly rule: string
  readonly events: readonly WireEvent[]
}

const ids = { threadId: 't', runId: 'r' }
const started = { type: 'RUN_STARTED', ...ids }
const finished = { type: 'RUN_FINISHED', ...ids }
const failed = { type: 'RUN_ERROR', message: 'It broke.' }
const open = (more: object = {}) => ({ type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant', ...more })
const say = (more: object = {}) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'word', ...more })
const close = (more: object = {}) => ({ type: 'TEXT_MESSAGE_END', messageId: 'm', ...more })
const text = (more: object = {}) => [open(more), say(), close()]
const call = (more: object = {}) => ({ type: 'TOOL_CALL_START', toolCallId: 'c', toolCallName: 'look', ...more })
const args = (more: object = {}) => ({ type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '{}', ...more })
const called = (more: object = {}) => ({ type: 'TOOL_CALL_END', toolCallId: 'c', ...more })
const result = { type: 'TOOL_CALL_RESULT', toolCallId: 'c', messageId: 'c-result', content: 'seen' }
const step = (more: object = {}) => ({ type: 'STEP_STARTED', stepName: 's', ...more })
const stepped = (more: object = {}) => ({ type: 'STEP_FINISHED', stepName: 's', ...more })
const span = (more: object = {}) => ({ type: 'REASONING_START', messageId: 'p', ...more })
const spanned = (more: object = {}) => ({ type: 'REASONING_END', messageId: 'p', ...more })
const think = (more: object = {}) => ({ type: 'REASONING_MESSAGE_START', messageId: 'q', role: 'reasoning', ...more })
const thought = (more: object = {}) => ({ type: 'REASONING_MESSAGE_CONTENT', messageId: 'q', delta: 'hm', ...more })
const done = (more: object = {}) => ({ type: 'REASONING_MESSAGE_END', messageId: 'q', ...more })
const sub = (more: object = {}) => ({ type: 'SUBAGENT_STARTED', subagentRunId: 'a', name: 'helper', ...more })
const subbed = (more: object = {}) => ({ type: 'SUBAGENT_FINISHED', subagentRunId: 'a', ...more })
const two = [sub(), sub({ subagentRunId: 'b' })]
const twoDone = [subbed(), subbed({ subagentRunId: 'b' })]
const as = (subagentRunId: string | null) => ({ subagentRunId })
const chunk = (more: object) => ({ type: 'TEXT_MESSAGE_CHUNK', ...more })
const toolChunk = (more: object) => ({ type: 'TOOL_CALL_CHUNK', ...more })
const thoughtChunk = (more: object) => ({ type: 'REASONING_MESSAGE_CHUNK', ...more })

const within = (...events: object[]) => [started, ...events, finished]

/** One for each thing that some client ends a run over, in what it checks of order, ownership and closing. */
const streams: Record<string, object[]> = {
  'nothing before RUN_STARTED': [...text(), finished],
  'no run within a run': [started, { ...started, runId: 'r2' }, finished],
  'nothing behind RUN_FINISHED': [started, finished, ...text()],
  'no second RUN_FINISHED': [started, finished, finished],
  'nothing behind RUN_ERROR': [started, failed, ...text()],
  'no RUN_FINISHED behind RUN_ERROR': [started, failed, finished],
  'a message is opened once': within(open(), open(), say(), close()),
  'no text without its start': within(say()),
  'no end of text without its start': within(close()),
  'a message is closed once': within(...text(), close()),
  'a message is closed before the end': within(open(), say()),
  'a call is opened once': within(call(), call(), args(), called(), result),
  'no arguments without their call': within(args()),
  'no end of a call without its start': within(called()),
  'a call is closed once': within(call(), args(), called(), called(), result),
  'a call is closed before the end': within(call(), args()),
  'a step is opened once': within(step(), step(), stepped(), stepped()),
  'a step of a subagent is opened once': within(
    sub(),
    step(as('a')),
    step(as('a')),
    stepped(as('a')),
    stepped(as('a')),
    subbed(),
  ),
  'no end of a step without its start': within(stepped()),
  'a step is closed before the end': within(step()),
  'a step of a subagent is closed before the end': within(sub(), step(as('a')), subbed()),
  'a step is closed by its owner, not by a subagent': within(sub(), step(), stepped(as('a')), subbed()),
  'a step is closed by its owner, not by the agent': within(sub(), step(as('a')), stepped(), subbed()),
  'reasoning is opened once': within(span(), span(), spanned()),
  'no end of reasoning without its start': within(spanned()),
  'a reasoning message is opened once': within(span(), think(), think(), thought(), done(), spanned()),
  'no thought without its start': within(thought()),
  'no end of a thought without its start': within(done()),
  'a reasoning message is closed before the end': within(span(), think(), thought(), spanned()),
  'reasoning is closed before the end': within(span(), think(), thought(), done()),
  'a subagent is announced with an id': within({ type: 'SUBAGENT_STARTED', name: 'helper' }),
  'a subagent is announced with a name': within({ type: 'SUBAGENT_STARTED', subagentRunId: 'a' }, subbed()),
  'a subagent is announced once': within(sub(), sub(), subbed()),
  'an id of a subagent is used once': within(sub(), subbed(), sub(), subbed()),
  'a subagent works for one that was announced': within(sub({ parentSubagentRunId: 'nobody' }), subbed()),
  'the end of a subagent has an id': within(sub(), { type: 'SUBAGENT_FINISHED' }, subbed()),
  'the error of a subagent has a message': within(sub(), { type: 'SUBAGENT_ERROR', subagentRunId: 'a' }),
  'no end of a subagent without its start': within(subbed()),
  'no error of a subagent without its start': within({ type: 'SUBAGENT_ERROR', subagentRunId: 'a', message: 'x' }),
  'a subagent ends once': within(sub(), subbed(), subbed()),
  'a subagent ends before the run': within(sub()),
  'text goes on as whose it is': within(...two, open(as('a')), say(as('b')), close(), ...twoDone),
  'text of the agent does not go on as a subagent': within(sub(), open(), say(as('a')), close(), subbed()),
  'text is closed as whose it is': within(...two, open(as('a')), say(), close(as('b')), ...twoDone),
  'text is opened again as whose it is': within(...two, ...text(as('a')), ...text(as('b')), ...twoDone),
  'arguments go on as whose they are': within(...two, call(as('a')), args(as('b')), called(), result, ...twoDone),
  'a call is closed as whose it is': within(...two, call(as('a')), args(), called(as('b')), result, ...twoDone),
  'a call is opened again as whose it is': within(
    ...two,
    call(as('a')),
    args(),
    called(),
    result,
    call(as('b')),
    called(),
    ...twoDone,
  ),
  'a call belongs to who wrote its message': within(
    sub(),
    ...text(),
    call({ parentMessageId: 'm', ...as('a') }),
    args(),
    called(),
    result,
    subbed(),
  ),
  'a call that is opened again stays with its message': within(
    sub(),
    ...text(as('a')),
    open({ messageId: 'n' }),
    close({ messageId: 'n' }),
    call({ parentMessageId: 'm' }),
    args(),
    called(),
    result,
    call({ parentMessageId: 'n' }),
    called(),
    subbed(),
  ),
  'text is not added to the result of somebody else': within(
    sub(),
    call(),
    args(),
    called(),
    result,
    open({ messageId: 'c-result', ...as('a') }),
    close({ messageId: 'c-result' }),
    subbed(),
  ),
  'reasoning goes on as whose it is': within(...two, span(as('a')), spanned(as('b')), ...twoDone),
  'a thought goes on as whose it is': within(
    ...two,
    span(as('a')),
    think(as('a')),
    thought(as('b')),
    done(),
    spanned(),
    ...twoDone,
  ),
  'a thought is closed as whose it is': within(
    ...two,
    span(as('a')),
    think(as('a')),
    thought(),
    done(as('b')),
    spanned(),
    ...twoDone,
  ),
  'a thought belongs to whose reasoning has its id': within(
    ...two,
    span({ messageId: 'q', ...as('a') }),
    think(as('b')),
    done(),
    spanned({ messageId: 'q' }),
    ...twoDone,
  ),
  'what is encrypted for a message is whose the message is': within(
    ...two,
    ...text(as('a')),
    { type: 'REASONING_ENCRYPTED_VALUE', subtype: 'message', entityId: 'm', encryptedValue: 'x', ...as('b') },
    ...twoDone,
  ),
  'what is encrypted for a call is whose the call is': within(
    ...two,
    call(as('a')),
    args(),
    called(),
    result,
    { type: 'REASONING_ENCRYPTED_VALUE', subtype: 'tool-call', entityId: 'c', encryptedValue: 'x', ...as('b') },
    ...twoDone,
  ),
  'what is encrypted for a thought is whose the thought is': within(
    ...two,
    span(as('a')),
    think(as('a')),
    done(),
    spanned(),
    { type: 'REASONING_ENCRYPTED_VALUE', subtype: 'message', entityId: 'q', encryptedValue: 'x', ...as('b') },
    ...twoDone,
  ),
  'an activity changes as whose it is': within(
    ...two,
    { type: 'ACTIVITY_SNAPSHOT', messageId: 'v', activityType: 'plan', content: {}, ...as('a') },
    { type: 'ACTIVITY_DELTA', messageId: 'v', activityType: 'plan', patch: [], ...as('b') },
    ...twoDone,
  ),
  'text goes on as whose it is in the history': within(
    sub(),
    { type: 'MESSAGES_SNAPSHOT', messages: [{ id: 'm', role: 'assistant', content: 'before' }] },
    ...text(as('a')),
    subbed(),
  ),
  'a call goes on as whose it is in the history': within(
    sub(),
    {
      type: 'MESSAGES_SNAPSHOT',
      messages: [
        {
          id: 'm',
          role: 'assistant',
          toolCalls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
      ],
    },
    call(as('a')),
    called(),
    subbed(),
  ),
  'text goes on as whose it is in the request': [
    { ...started, input: { ...ids, messages: [{ id: 'm', role: 'assistant', content: 'before' }] } },
    sub(),
    ...text(as('a')),
    subbed(),
    finished,
  ],
  'an event is of a subagent or is not': within(open(as(null)), say(), close()),
  'a message of the history is of a subagent or is not': within({
    type: 'MESSAGES_SNAPSHOT',
    messages: [{ id: 'm', role: 'assistant', content: 'x', ...as(null) }],
  }),
  'a message of the request is of a subagent or is not': [
    { ...started, input: { ...ids, messages: [{ id: 'm', role: 'assistant', content: 'x', ...as(null) }] } },
    finished,
  ],
  'an interrupt is of a subagent or is not': [
    started,
    { ...finished, outcome: { type: 'interrupt', interrupts: [{ id: 'i', reason: 'x', ...as(null) }] } },
  ],
  'a subagent has a description or has not': within(sub({ description: null }), subbed()),
  'a subagent has an outcome or has not': within(sub(), subbed({ outcome: null })),
  'the outcome of a subagent is one that there is': within(sub(), subbed({ outcome: { type: 'paused' } })),
  'a suspended subagent names what it waits for or does not': within(
    sub(),
    subbed({ outcome: { type: 'suspended', interruptIds: null } }),
  ),
  'what a suspended subagent waits for are ids': within(
    sub(),
    subbed({ outcome: { type: 'suspended', interruptIds: [1] } }),
  ),
  'a first chunk of text has an id': within(chunk({ delta: 'a' })),
  'a first chunk of a call has an id': within(toolChunk({ toolCallName: 'look', delta: '{}' })),
  'a first chunk of a call has a name': within(toolChunk({ toolCallId: 'c', delta: '{}' })),
  'a first chunk of a thought has an id': within(thoughtChunk({ delta: 'a' })),
  'a chunk of text keeps its role': within(
    chunk({ messageId: 'm', role: 'user', delta: 'a' }),
    chunk({ messageId: 'm', role: 'assistant', delta: 'b' }),
  ),
  'a chunk of a call keeps its name': within(
    toolChunk({ toolCallId: 'c', toolCallName: 'look', delta: '{' }),
    toolChunk({ toolCallId: 'c', toolCallName: 'drop', delta: '}' }),
  ),
  'a chunk goes on as whose it is': within(
    ...two,
    chunk({ messageId: 'm', delta: 'a', ...as('a') }),
    chunk({ messageId: 'm', delta: 'b', ...as('b') }),
    ...twoDone,
  ),
  'a chunk says which message it goes on with': within(
    ...two,
    chunk({ messageId: 'm', delta: 'a', ...as('a') }),
    chunk({ messageId: 'n', delta: 'b', ...as('b') }),
    chunk({ delta: 'c' }),
    ...twoDone,
  ),
  'a custom event ends what chunks began': within(
    chunk({ messageId: 'm', delta: 'a' }),
    { type: 'CUSTOM', name: 'n', value: 1 },
    chunk({ delta: 'b' }),
  ),
  'an old thought stands in old reasoning': within({ type: 'THINKING_TEXT_MESSAGE_START' }),
  'an old thought is opened once': within(
    { type: 'THINKING_START' },
    { type: 'THINKING_TEXT_MESSAGE_START' },
    { type: 'THINKING_TEXT_MESSAGE_START' },
  ),
  'an old thought goes on after its start': within({ type: 'THINKING_TEXT_MESSAGE_CONTENT', delta: 'hm' }),
  'an old thought ends after its start': within({ type: 'THINKING_TEXT_MESSAGE_END' }),
  'old reasoning is opened once': within({ type: 'THINKING_START' }, { type: 'THINKING_START' }),
  'old reasoning ends after its start': within({ type: 'THINKING_END' }),
}

/** Every rule of order, ownership and closing that a client has, each with a stream that breaks it. */
export const fatalStreams: readonly FatalStream[] = Object.entries(streams).map(([rule, events]) => ({
  rule,
  events: events as WireEvent[],
}))

/** An event of each type as the protocol has it, with all of its fields. */
export const whole: readonly object[] = [
  {
    ...started,
    protocolVersion: '1.0',
    parentRunId: 'r0',
    input: {
      ...ids,
      protocolVersion: '1.0',
      parentRunId: 'r0',
      state: {},
      messages: [],
      tools: [{ name: 'pick', description: 'Picks' }],
      context: [{ description: 'a', value: 'b' }],
      forwardedProps: {},
      resume: [{ interruptId: 'i', status: 'resolved', payload: 1 }],
    },
  },
  open({ name: 'Ann' }),
  say(),
  close(),
  call({ parentMessageId: 'm' }),
  args(),
  called(),
  {
    ...result,
    role: 'tool',
    content: [
      { type: 'text', text: 'seen', id: 'x', metadata: 1 },
      { type: 'image', source: { type: 'url', value: 'https://a.test/b', mimeType: 'image/png' } },
      { type: 'document', source: { type: 'file', value: 'f', provider: 'p', mimeType: 'a/b' } },
      { type: 'audio', source: { type: 'data', value: 'AAAA', mimeType: 'audio/mp3' } },
    ],
  },
  { type: 'STATE_SNAPSHOT', snapshot: { a: 1 } },
  {
    type: 'STATE_DELTA',
    delta: [
      { op: 'replace', path: '/a', value: 2 },
      { op: 'copy', from: '/a', path: '/b' },
    ],
  },
  {
    type: 'MESSAGES_SNAPSHOT',
    messages: [
      { id: 'u', role: 'user', content: [{ type: 'text', text: 'hi' }], name: 'Ann', encryptedValue: 'x' },
      { id: 's', role: 'system', content: 'be good' },
      {
        id: 'm',
        role: 'assistant',
        content: 'word',
        toolCalls: [
          { id: 'c', type: 'function', function: { name: 'look', arguments: '{}' }, encryptedValue: 'x', metadata: {} },
        ],
      },
      { id: 'c-result', role: 'tool', toolCallId: 'c', content: 'seen', error: 'none' },
      { id: 'v0', role: 'activity', activityType: 'plan', content: {} },
      { id: 'q0', role: 'reasoning', content: 'hm', encryptedValue: 'x', metadata: {} },
    ],
  },
  { type: 'ACTIVITY_SNAPSHOT', messageId: 'v', activityType: 'plan', content: { a: 1 }, replace: true },
  { type: 'ACTIVITY_DELTA', messageId: 'v', activityType: 'plan', patch: [{ op: 'replace', path: '/a', value: 2 }] },
  { type: 'RAW', event: {}, source: 'elsewhere' },
  { type: 'CUSTOM', name: 'n', value: 1 },
  step(),
  stepped(),
  span(),
  think(),
  thought(),
  done(),
  spanned(),
  { type: 'REASONING_ENCRYPTED_VALUE', subtype: 'message', entityId: 'm', encryptedValue: 'x' },
  sub({ description: 'helps', parentToolCallId: 'c', parentMessageId: 'm' }),
  sub({ subagentRunId: 'b', parentSubagentRunId: 'a' }),
  { type: 'SUBAGENT_ERROR', subagentRunId: 'b', message: 'It broke.', code: 'E' },
  subbed({ result: 1, outcome: { type: 'suspended', interruptIds: ['i'] } }),
  {
    ...finished,
    usage: [{ provider: 'p', model: 'm', inputTokens: 1, outputTokens: 2, totalTokens: 3 }],
    outcome: {
      type: 'interrupt',
      interrupts: [
        {
          id: 'i',
          reason: 'input_required',
          message: 'Which?',
          toolCallId: 'c',
          responseSchema: { type: 'string' },
          expiresAt: '2099-01-01T00:00:00Z',
          metadata: {},
          subagentRunId: 'a',
        },
      ],
    },
  },
]
