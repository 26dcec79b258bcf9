// The independent peer of A2A 0.3: an agent on the last 0.3 release of @a2a-js/sdk and Express, on an ephemeral port.
import type { AddressInfo } from 'node:net'
import type { AgentCard, Message, Task } from '@a2a-js/sdk-0.3'
import {
  type AgentExecutor,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  type RequestContext,
} from '@a2a-js/sdk-0.3/server'
import { agentCardHandler, jsonRpcHandler, restHandler, UserBuilder } from '@a2a-js/sdk-0.3/server/express'
import express from 'express'

/** What the agent does depends on the text of the message. */
class ScriptedExecutor implements AgentExecutor {
  readonly #running = new Map<string, () => void>()

  execute = async ({ userMessage, taskId, contextId, task }: RequestContext, bus: ExecutionEventBus): Promise<void> => {
    const text = userMessage.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
    const timestamp = new Date().toISOString()
    const say = (words: string): Message => ({
      kind: 'message',
      messageId: `m-${words}`,
      role: 'agent',
      parts: [{ kind: 'text', text: words }],
      taskId,
      contextId,
    })
    const status = (state: Task['status']['state'], final: boolean, words?: string) =>
      bus.publish({
        kind: 'status-update',
        taskId,
        contextId,
        final,
        status: { state, timestamp, ...(words !== undefined && { message: say(words) }) },
      })
    if (text === 'message') {
      bus.publish({
        kind: 'message',
        messageId: 'direct',
        role: 'agent',
        parts: [{ kind: 'text', text: 'direct' }],
        contextId,
      })
      return bus.finished()
    }
    const fresh: Task = {
      kind: 'task',
      id: taskId,
      contextId,
      status: { state: 'submitted', timestamp },
      history: [userMessage],
    }
    bus.publish(task ?? fresh)
    if (text === 'input') status('input-required', true, 'where to?')
    else if (text === 'reject') status('rejected', true, 'not my trade')
    else if (text === 'slow') {
      status('working', false)
      return new Promise<void>((resolve) => this.#running.set(taskId, resolve))
    } else {
      status('working', false)
      const chunk = (words: string, append: boolean) =>
        bus.publish({
          kind: 'artifact-update',
          taskId,
          contextId,
          append,
          lastChunk: append,
          artifact: { artifactId: 'a-1', name: 'result', parts: [{ kind: 'text', text: words }] },
        })
      chunk('done: ', false)
      chunk(text, true)
      bus.publish({
        kind: 'artifact-update',
        taskId,
        contextId,
        artifact: {
          artifactId: 'a-2',
          parts: [
            { kind: 'file', file: { bytes: btoa('bytes'), mimeType: 'application/octet-stream' } },
            { kind: 'file', file: { uri: 'https://files.example/a.pdf', mimeType: 'application/pdf' } },
            { kind: 'data', data: { n: [1, null, 'x'] } },
          ],
        },
      })
      status('completed', true)
    }
    bus.finished()
  }

  cancelTask = async (taskId: string, bus: ExecutionEventBus): Promise<void> => {
    bus.publish({
      kind: 'status-update',
      taskId,
      contextId: '',
      final: true,
      status: { state: 'canceled', timestamp: new Date().toISOString() },
    })
    this.#running.get(taskId)?.()
    bus.finished()
  }
}

/** A running agent of 0.3. */
export interface V03Agent {
  url: string
  close(): void
}

/** Starts the agent; its card prefers the transport given. */
export async function startV03Agent(preferredTransport: 'JSONRPC' | 'HTTP+JSON' = 'JSONRPC'): Promise<V03Agent> {
  const app = express()
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const urls = { JSONRPC: `${url}/rpc`, 'HTTP+JSON': `${url}/rest` }
  const cardOf = (name: string): AgentCard => ({
    name,
    description: 'Does as it is told',
    version: '1.0.0',
    protocolVersion: '0.3.0',
    url: urls[preferredTransport],
    preferredTransport,
    additionalInterfaces: Object.entries(urls).map(([transport, one]) => ({ transport, url: one })),
    capabilities: { streaming: true, pushNotifications: true },
    securitySchemes: { bearer: { type: 'http', scheme: 'Bearer' } },
    supportsAuthenticatedExtendedCard: true,
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [{ id: 's', name: 'Skill', description: 'Does', tags: ['t'] }],
  })
  const requestHandler = new DefaultRequestHandler(
    cardOf('old'),
    new InMemoryTaskStore(),
    new ScriptedExecutor(),
    undefined,
    undefined,
    undefined,
    cardOf('old, for you'),
  )
  // The extended card is given to those who are logged in.
  const userBuilder: UserBuilder = async ({ headers }) =>
    headers.authorization === 'Bearer good' ? { isAuthenticated: true, userName: 'me' } : UserBuilder.noAuthentication()
  app.use('/.well-known/agent-card.json', agentCardHandler({ agentCardProvider: requestHandler }))
  app.use('/rpc', jsonRpcHandler({ requestHandler, userBuilder }))
  app.use('/rest', restHandler({ requestHandler, userBuilder }))
  return {
    url,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
