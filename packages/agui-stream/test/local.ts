import type { AgentDefinition } from '@pf-agents/agent-core'
import type { App } from '@pf-agents/app'
import { onTestFinished } from 'vitest'
import { aguiApp, type TestAppOptions } from './agui-app'
import { clients } from './clients'
import { wireEvents } from './read-stream'

// oxlint-disable-next-line typescript/no-explicit-any -- the wire is what is looked at
type Json = any

/** An app called without a network between. */
export class Local {
  readonly app: App

  constructor(agent: Partial<AgentDefinition>, options?: TestAppOptions) {
    this.app = aguiApp(agent, options)
  }

  readonly fetch = (url: string, init?: RequestInit): Promise<Response> =>
    Promise.resolve(this.app.fetch(new Request(new URL(url, 'http://agent.test'), init ?? {})))

  /** A request for a run, by hand. */
  post(
    input: Json,
    { path = '/agui', headers = {}, signal }: { path?: string; headers?: object; signal?: AbortSignal } = {},
  ) {
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: typeof input === 'string' ? input : JSON.stringify(input),
      ...(signal && { signal }),
    })
  }

  /** The events of a run, as they stand on the wire. */
  async run(input: Json, options?: Parameters<Local['post']>[1]): Promise<Json[]> {
    const response = await this.post(input, options)
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${response.status} ${text}`)
    return wireEvents(text)
  }

  /** A real client of this app. */
  client(threadId: string, version: (typeof clients)[number] = clients[0], state: object = {}) {
    return new version.HttpAgent({
      url: 'http://agent.test/agui',
      threadId,
      initialState: state,
      fetch: (url, init) => this.fetch(String(url), init),
    })
  }
}

/** An app of the test that asks for it, closed when that is over. */
export function local(...given: ConstructorParameters<typeof Local>): Local {
  const made = new Local(...given)
  onTestFinished(() => made.app.close())
  return made
}

let count = 0

/** What a client of 1.0 sends. */
export function inputOf(text: string | undefined, given: Json = {}): Json {
  count++
  return {
    threadId: `t${count}`,
    runId: `r${count}`,
    protocolVersion: '1.0',
    messages: text === undefined ? [] : [{ id: `u${count}`, role: 'user', content: text }],
    tools: [],
    context: [],
    forwardedProps: {},
    ...given,
  }
}

/** Types of events, those that end something or tell it in pieces left out. */
export const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type)
export const terminals = (events: readonly { type: string }[]): string[] =>
  typesOf(events).filter((type) => type === 'RUN_FINISHED' || type === 'RUN_ERROR')
