// Streams spoken by hand: what is tested must not help testing itself.
import type { A2AServerOptions } from '../src/options'
import { type Agent, type AnyFeature, defineAgent, type AgentDefinition } from '@pf-agents/agent-core'
import { type App, type AppOptions, createApp } from '@pf-agents/app'
import { eventStream, type EventStreamOptions } from '@pf-agents/event-stream'
import { a2aServer } from '../src/a2a-server'

// oxlint-disable-next-line typescript/no-explicit-any -- the wire is what is looked at
type Json = any

/** A streaming app over an agent of the test's own. */
export function streamingApp(
  agent: Partial<AgentDefinition> | Agent,
  options: {
    server?: A2AServerOptions
    streams?: EventStreamOptions | false
    app?: AppOptions
    add?: AnyFeature[]
  } = {},
): App {
  const { server, streams, app, add = [] } = options
  const defined = defineAgent({
    name: 'streams',
    description: 'Under test',
    version: '1.0.0',
    ...agent,
  } as AgentDefinition)
  const features: AnyFeature[] = [...add, a2aServer(server)]
  if (streams !== false) features.unshift(eventStream(streams))
  return createApp(defined, features, { logger: { log: () => {} }, ...app }) as App
}

/** One frame as it came. */
export interface Frame {
  id?: string
  event?: string
  comment?: string
  data?: Json
}

/** The answer to a request for a stream. */
export interface Opened {
  status: number
  headers: Headers
  /** The JSON of an answer that is no stream. */
  json(): Promise<Json>
  /** The next frame; `undefined` at the end. */
  next(): Promise<Frame | undefined>
  /** All frames that are left, without comments. */
  rest(): Promise<Frame[]>
  /** Goes away. */
  cancel(): Promise<void>
}

export type BindingName = 'JSONRPC' | 'HTTP+JSON'
export const bindingNames: readonly BindingName[] = ['JSONRPC', 'HTTP+JSON']

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Asks for a stream. `url` is where the agent is. */
export async function open(
  fetch: Fetch,
  url: string,
  binding: BindingName,
  operation: 'SendStreamingMessage' | 'SubscribeToTask',
  params: Json,
  more: { headers?: Record<string, string>; method?: 'GET'; signal?: AbortSignal } = {},
): Promise<Opened> {
  const headers: Record<string, string> = { 'a2a-version': '1.0', ...more.headers }
  let path = '/'
  let body: Json
  if (binding === 'JSONRPC') body = { jsonrpc: '2.0', id: 'r-1', method: operation, params }
  else if (operation === 'SendStreamingMessage') [path, body] = ['/message:stream', params]
  else [path, body] = [`/tasks/${params.id}:subscribe`, {}]
  const method = more.method ?? 'POST'
  if (method === 'POST') headers['content-type'] = 'application/json'
  const response = await fetch(url + path, {
    method,
    headers,
    ...(method === 'POST' && { body: JSON.stringify(body) }),
    ...(more.signal && { signal: more.signal }),
  })
  return opened(response)
}

function opened(response: Response): Opened {
  const reader = response.headers.get('content-type')?.startsWith('text/event-stream')
    ? response.body?.getReader()
    : undefined
  const decoder = new TextDecoder()
  let buffer = ''
  const next = async (): Promise<Frame | undefined> => {
    for (;;) {
      const end = buffer.indexOf('\n\n')
      if (end >= 0) {
        const frame = frameOf(buffer.slice(0, end))
        buffer = buffer.slice(end + 2)
        return frame
      }
      const step = await reader?.read()
      if (step === undefined || step.done) return undefined
      buffer += decoder.decode(step.value, { stream: true })
    }
  }
  return {
    status: response.status,
    headers: response.headers,
    json: () => response.json(),
    next,
    async rest() {
      const frames: Frame[] = []
      for (let frame = await next(); frame !== undefined; frame = await next())
        if (frame.comment === undefined) frames.push(frame)
      return frames
    },
    cancel: async () => reader?.cancel(),
  }
}

function frameOf(text: string): Frame {
  const frame: Frame = {}
  for (const line of text.split('\n')) {
    if (line.startsWith(': ')) frame.comment = line.slice(2)
    else if (line.startsWith('id: ')) frame.id = line.slice(4)
    else if (line.startsWith('event: ')) frame.event = line.slice(7)
    else if (line.startsWith('data: ')) frame.data = JSON.parse(line.slice(6))
    else throw new Error(`No line of an event stream: ${JSON.stringify(line)}`)
  }
  return frame
}

/** The StreamResponse in a frame, out of its envelope where the binding has one. */
export function eventOf(binding: BindingName, { data }: Frame): Json {
  if (binding === 'HTTP+JSON') return data
  if (data.jsonrpc !== '2.0' || data.id !== 'r-1') throw new Error(`No answer to the request: ${JSON.stringify(data)}`)
  return data.result
}

/** Events in a word each. */
export function brief(binding: BindingName, frames: readonly Frame[]): string[] {
  return frames.map((frame) => {
    const { task, message, statusUpdate, artifactUpdate } = eventOf(binding, frame)
    const state = (status: Json) => status.state.replace('TASK_STATE_', '').toLowerCase().replace('_', '-')
    if (task) return `task ${state(task.status)}`
    if (message) return `message ${message.parts[0].text}`
    if (statusUpdate) return state(statusUpdate.status)
    const { artifact, append } = artifactUpdate
    return `${append ? '+' : '='}${artifact.parts.map((part: Json) => part.text ?? JSON.stringify(part)).join('|')}`
  })
}

let count = 0
/** Params that send a text. */
export const sendParams = (text: string, message: Json = {}, configuration?: Json): Json => ({
  message: { messageId: `m-${count++}`, role: 'ROLE_USER', parts: [{ text }], ...message },
  ...(configuration && { configuration }),
})
