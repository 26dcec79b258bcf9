// The agent of `npm run sut -- agui`: `forwardedProps.scenario` picks what it does. Handlers only, no model.
import {
  defineAgent,
  type IncomingMessage,
  type Interrupt,
  type JsonObject,
  type Reply,
  reply,
  type RunContext,
  type RunEvent,
} from '@pf-agents/agent-core'
import { aguiEvent, forwardedProps } from '@pf-agents/agui-stream'

type Scenario = (
  message: IncomingMessage,
  context: RunContext,
) => Reply | Promise<Reply> | AsyncIterable<RunEvent | Reply | string>

function* call(toolCallId: string, name: string, args: JsonObject, messageId?: string): Generator<RunEvent> {
  yield { type: 'tool-call-start', toolCallId, name, ...(messageId !== undefined && { messageId }) }
  const text = JSON.stringify(args)
  yield { type: 'tool-call-delta', toolCallId, delta: text.slice(0, 5) }
  yield { type: 'tool-call-delta', toolCallId, delta: text.slice(5) }
  yield { type: 'tool-call-end', toolCallId }
}

const pause = (context: RunContext, ms: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    context.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(context.signal.reason as Error)
    })
  })

/** Waits for tools of the page, each by the id of its call. */
function waitForPage(calls: readonly { toolCallId: string; name: string }[]): Reply {
  return {
    reply: 'suspended',
    state: 'input-required',
    interrupts: calls.map(({ toolCallId, name }): Omit<Interrupt, 'id' | 'status'> => ({
      kind: 'client-tool',
      prompt: `Carry out ${name}.`,
      slot: toolCallId,
      toolCallId,
    })),
  }
}

/** What each scenario does. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  async *text(message) {
    for (const word of `You said: ${message.text}`.split(/(?<= )/)) yield word
    yield { type: 'usage', usage: { inputTokens: 12, outputTokens: 7, turns: 1 } }
  },

  async *tools() {
    yield { type: 'step-start', name: 'look up' }
    yield { type: 'text-start', messageId: 'before' }
    yield { type: 'text-delta', messageId: 'before', delta: 'Let me look.' }
    yield { type: 'text-end', messageId: 'before' }
    yield* call('weather-1', 'weather', { city: 'Lisbon' }, 'before')
    yield* call('weather-2', 'weather', { city: 'Oslo' }, 'before')
    yield {
      type: 'tool-result',
      toolCallId: 'weather-2',
      parts: [{ text: 'The station does not answer.' }],
      isError: true,
    }
    yield { type: 'tool-result', toolCallId: 'weather-1', parts: [{ data: { celsius: 21 } }] }
    yield { type: 'step-end', name: 'look up' }
    yield reply.text('21 degrees in Lisbon.')
  },

  async *'frontend-tool'(message, context) {
    const id = `pick-${message.messageId.slice(0, 8)}`
    const picked = context.slots[context.state.task.get('call') as string]
    if (picked !== undefined) {
      yield reply.text(`The page picked ${JSON.stringify(picked)}.`)
      return
    }
    context.state.task.set('call', id)
    yield* call('lookup', 'lookup', { what: 'colours' })
    yield { type: 'tool-result', toolCallId: 'lookup', parts: [{ data: ['red', 'blue'] }] }
    yield* call(id, context.clientTools[0]?.name ?? 'pick', { from: ['red', 'blue'] })
    yield waitForPage([{ toolCallId: id, name: 'pick' }])
  },

  async *state(_message, context) {
    const before = context.clientState as { count?: number } | undefined
    yield { type: 'state-snapshot', state: { ...before, count: (before?.count ?? 0) + 1, list: [] } }
    for (let item = 0; item < 5; item++)
      yield { type: 'state-delta', patch: [{ op: 'add', path: '/list/-', value: item }] }
    yield { type: 'state-delta', patch: [{ op: 'add', path: '/a~1b~0c', value: { deep: [null, false] } }] }
    yield { type: 'state-delta', patch: [{ op: 'remove', path: '/not/there' }] }
    yield { type: 'state-delta', patch: [{ op: 'replace', path: '/list/0', value: 'first' }] }
    yield reply.text('The state is up to date.')
  },

  async *reasoning() {
    yield { type: 'reasoning-start', messageId: 'thought' }
    yield { type: 'reasoning-delta', messageId: 'thought', delta: 'The user wants ' }
    yield { type: 'reasoning-delta', messageId: 'thought', delta: 'an answer.' }
    yield { type: 'reasoning-end', messageId: 'thought' }
    yield aguiEvent.encryptedValue('message', 'thought', 'b3BhcXVl')
    yield aguiEvent.activity('plan', 'plan', { steps: ['think', 'answer'], done: 0 })
    yield aguiEvent.activityDelta('plan', [{ op: 'replace', path: '/done', value: 2 }])
    yield { type: 'artifact', artifact: { artifactId: 'notes', name: 'notes.md', parts: [{ text: '# Notes' }] } }
    yield {
      type: 'artifact',
      artifact: { artifactId: 'notes', parts: [{ text: '\nmore' }] },
      append: true,
      lastChunk: true,
    }
    yield aguiEvent.subagentStart({ subagentRunId: 'sub-1', name: 'helper' })
    yield aguiEvent.inSubagent('sub-1', { type: 'text-start', messageId: 'sub-text' })
    yield aguiEvent.inSubagent('sub-1', { type: 'text-delta', messageId: 'sub-text', delta: 'Helping.' })
    yield aguiEvent.inSubagent('sub-1', { type: 'text-end', messageId: 'sub-text' })
    yield aguiEvent.subagentEnd('sub-1', { ok: true })
    yield aguiEvent.raw({ from: 'elsewhere' }, 'sut')
    yield { type: 'custom', name: 'sut.note', value: null }
    yield reply.text('Here is the answer.')
  },

  async *interrupt(_message, context) {
    const given = context.slots['approve']
    if (given !== undefined) {
      yield { type: 'tool-result', toolCallId: 'transfer', parts: [{ data: { approved: given } }] }
      yield reply.text(given === true ? 'The money was sent.' : `Not sent: ${JSON.stringify(given)}.`)
      return
    }
    yield* call('transfer', 'transfer', { amount: 100 })
    yield {
      reply: 'suspended',
      state: 'input-required',
      interrupts: [
        {
          kind: 'approval',
          prompt: 'Send 100?',
          slot: 'approve',
          toolCallId: 'transfer',
          schema: { type: ['boolean', 'number', 'string', 'array', 'object'] },
        },
      ],
    }
  },

  'multi-interrupt': (_message, context) => {
    const { day, people } = context.slots
    if (day !== undefined && people !== undefined)
      return reply.text(`A table on ${day as string} for ${people as number}.`)
    return reply.inputsRequired([
      { prompt: 'Which day?', slot: 'day', schema: { type: 'string', minLength: 1 } },
      { prompt: 'How many people?', slot: 'people', schema: { type: 'integer', minimum: 0 } },
    ])
  },

  'error-before': () => {
    throw new Error('secret detail')
  },

  async *'error-mid'() {
    yield { type: 'step-start', name: 'work' }
    yield { type: 'reasoning-start', messageId: 'open' }
    yield 'Half a sent'
    yield { type: 'tool-call-start', toolCallId: 'cut', name: 'cut' }
    yield { type: 'tool-call-delta', toolCallId: 'cut', delta: '{"half":' }
    throw new Error('secret detail')
  },

  async *cancel(_message, context) {
    yield 'Working'
    for (;;) {
      await pause(context, 20)
      yield '.'
    }
  },

  async *slow(_message, context) {
    yield 'One moment. '
    await pause(context, Number(process.env['SUT_SLOW_MS'] ?? 1500))
    yield 'Done.'
  },

  async *huge() {
    yield '€'.repeat(1_000_000)
    yield* call('big', 'big', {})
    yield { type: 'tool-result', toolCallId: 'big', parts: [{ text: 'x'.repeat(1_500_000) }] }
    yield reply.text('That was a lot.')
  },

  'handler-only': (message) => reply.text(`Echo: ${message.text}`),
}

/** The scenario of a run; one that goes on after a question is that of the task. */
async function run(message: IncomingMessage, context: RunContext) {
  const props = forwardedProps(message) as { scenario?: unknown } | undefined
  const kept = context.state.task.get('scenario')
  const wanted = kept ?? props?.scenario ?? 'handler-only'
  const name = typeof wanted === 'string' ? wanted : JSON.stringify(wanted)
  const scenario = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined
  if (scenario === undefined) return reply.rejected(`There is no scenario "${name}".`)
  if (kept === undefined && name !== 'handler-only') context.state.task.set('scenario', name)
  return scenario(message, context)
}

/** What a UI conformance run talks to. */
export default defineAgent({
  name: 'agui-subject',
  description: 'Does what forwardedProps.scenario says.',
  version: '1.0.0',
  inputModes: ['text/plain', 'application/json', 'image/*'],
  onMessage: run,
})
