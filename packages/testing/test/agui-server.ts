import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// oxlint-disable-next-line typescript/no-explicit-any -- a server that sends anything
type Json = any

/** What a server of a test does otherwise than it should. */
export interface Misbehaviour {
  /** Changes the events of a run. */
  events?: (events: Json[], input: Json) => Json[]
  /** Changes the text of the stream. */
  frames?: (text: string) => string | Uint8Array
  headers?: Record<string, string>
  /** Answers instead; `true` where it did. */
  answer?: (request: IncomingMessage, response: ServerResponse, body: string) => boolean
}

/** A server that runs. */
export interface AguiServer {
  url: string
  /** Tells the rest of a slow run, somewhat later: its first event was read. */
  goOn(): void
  close(): Promise<void>
}

/** A server that speaks AG-UI by hand, in few lines and none of ours, so that it can be made to do anything wrong. */
export async function startAguiServer(wrong: Misbehaviour = {}): Promise<AguiServer> {
  let goOn = (): void => {}
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      if (wrong.answer?.(request, response, body)) return
      const status = refusal(request, body)
      if (status !== undefined) {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: { code: String(status), message: 'No.' } }))
        return
      }
      const input = JSON.parse(body)
      const made = eventsOf(input)
      const events = wrong.events?.(made, input) ?? made
      const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
      response.writeHead(200, { 'content-type': 'text/event-stream', ...wrong.headers })
      const scenario = input.forwardedProps?.scenario
      if (scenario === 'cancel') {
        response.write(text.slice(0, text.indexOf('data: {"type":"TEXT_MESSAGE_END"')))
        return
      }
      if (scenario === 'slow' && wrong.headers === undefined) {
        response.write(text.slice(0, text.indexOf('\n\n') + 2))
        goOn = () => {
          goOn = () => {}
          setTimeout(() => response.end(text.slice(text.indexOf('\n\n') + 2)), 60)
        }
        return
      }
      response.end(wrong.frames?.(text) ?? text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    goOn: () => goOn(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function refusal(request: IncomingMessage, body: string): number | undefined {
  if (request.method !== 'POST') return 405
  if (!request.headers['content-type']?.includes('application/json')) return 415
  if (!request.headers.accept?.includes('text/event-stream')) return 406
  let input: Json
  try {
    input = JSON.parse(body)
  } catch {
    return 400
  }
  const isWhole = Array.isArray(input.messages) && typeof input.threadId === 'string' && typeof input.runId === 'string'
  return isWhole && input.messages.every((one: Json) => typeof one.id === 'string') ? undefined : 422
}

let count = 0

function eventsOf(input: Json): Json[] {
  const { threadId, runId, resume = [], messages, state, forwardedProps } = input
  const id = (name: string) => `${name}-${++count}`
  const started = { type: 'RUN_STARTED', threadId, runId, protocolVersion: '1.0' }
  const finished = { type: 'RUN_FINISHED', threadId, runId, outcome: { type: 'success' } }
  const say = (delta: string) => {
    const messageId = id('text')
    return [
      { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId, delta },
      { type: 'TEXT_MESSAGE_END', messageId },
    ]
  }
  const call = (toolCallId: string, toolCallName: string) => [
    { type: 'TOOL_CALL_START', toolCallId, toolCallName },
    { type: 'TOOL_CALL_ARGS', toolCallId, delta: '{}' },
    { type: 'TOOL_CALL_END', toolCallId },
  ]
  const result = (toolCallId: string) => ({
    type: 'TOOL_CALL_RESULT',
    messageId: id('result'),
    toolCallId,
    content: 'seen',
  })
  const asks = (interrupts: Json[]) => ({ ...finished, outcome: { type: 'interrupt', interrupts } })
  const last = messages.at(-1)
  switch (forwardedProps?.scenario) {
    case 'tools': {
      const toolCallId = id('call')
      return [started, ...call(toolCallId, 'look'), result(toolCallId), ...say('Seen.'), finished]
    }
    case 'frontend-tool': {
      if (last?.role === 'tool') return [started, ...say(`You gave ${last.content}.`), finished]
      const toolCallId = id('call')
      return [
        started,
        ...call(toolCallId, 'pick'),
        { ...finished, outcome: { type: 'success', pendingToolCallIds: [toolCallId] } },
      ]
    }
    case 'state': {
      const messageId = id('plan')
      return [
        started,
        { type: 'STATE_SNAPSHOT', snapshot: { ...state, list: [] } },
        { type: 'STATE_DELTA', delta: [{ op: 'add', path: '/list/-', value: 1 }] },
        { type: 'ACTIVITY_SNAPSHOT', messageId, activityType: 'plan', content: { done: 0 } },
        {
          type: 'ACTIVITY_DELTA',
          messageId,
          activityType: 'plan',
          patch: [{ op: 'replace', path: '/done', value: 1 }],
        },
        finished,
      ]
    }
    case 'reasoning': {
      const messageId = id('thought')
      return [
        started,
        { type: 'REASONING_START', messageId },
        { type: 'REASONING_MESSAGE_START', messageId, role: 'reasoning' },
        { type: 'REASONING_MESSAGE_CONTENT', messageId, delta: 'Hm.' },
        { type: 'REASONING_MESSAGE_END', messageId },
        { type: 'REASONING_END', messageId },
        ...say('So.'),
        finished,
      ]
    }
    case 'interrupt': {
      if (resume.length > 0) {
        const gated = messages.find((one: Json) => one.toolCalls !== undefined).toolCalls[0].id
        return [started, result(gated), ...say(resume[0].status), finished]
      }
      const toolCallId = id('call')
      return [started, ...call(toolCallId, 'send'), asks([{ id: id('question'), reason: 'tool_call', toolCallId }])]
    }
    case 'multi-interrupt':
      if (resume.length > 0) return [started, ...say(`${resume.length} answers`), finished]
      return [
        started,
        asks([
          { id: id('question'), reason: 'input_required', responseSchema: { type: 'string' } },
          { id: id('question'), reason: 'input_required', expiresAt: '2099-01-01T00:00:00Z' },
        ]),
      ]
    case 'error-before':
      return [{ type: 'RUN_ERROR', message: 'It broke.', code: 'broke' }]
    case 'error-mid':
      return [started, ...say('Half').slice(0, 2), { type: 'RUN_ERROR', message: 'It broke.', code: 'broke' }]
    case 'huge':
      return [started, ...say('x'.repeat(200_000)), finished]
    default:
      return [started, ...say('Hello.'), finished]
  }
}
