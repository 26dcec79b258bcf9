// The independent peer: an agent on @a2a-js/sdk and Express, as its documentation shows, on an ephemeral port.
import type { AddressInfo } from 'node:net'
import { AgentCard, Message, Task, TaskArtifactUpdateEvent, TaskStatusUpdateEvent } from '@a2a-js/sdk'
import {
  AgentEvent,
  type AgentExecutor,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  type RequestContext,
} from '@a2a-js/sdk/server'
import { agentCardHandler, jsonRpcHandler, restHandler, UserBuilder } from '@a2a-js/sdk/server/express'
import express from 'express'

/** What the agent does depends on the text of the message. */
class ScriptedExecutor implements AgentExecutor {
  readonly #running = new Map<string, () => void>()

  execute = async ({ userMessage, taskId, contextId, task, context }: RequestContext, bus: ExecutionEventBus) => {
    const text = userMessage.parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('')
    const say = (words: string) => ({
      messageId: `m-${words}`,
      role: 'ROLE_AGENT',
      parts: [{ text: words }],
      taskId,
      contextId,
    })
    const status = (state: string, words?: string) => {
      const message = words === undefined ? undefined : say(words)
      bus.publish(
        AgentEvent.statusUpdate(
          TaskStatusUpdateEvent.fromJSON({
            taskId,
            contextId,
            status: { state, message, timestamp: new Date().toISOString() },
          }),
        ),
      )
    }
    if (text === 'message') {
      bus.publish(AgentEvent.message(Message.fromJSON({ ...say('direct'), taskId: undefined })))
      return bus.finished()
    }
    if (text === 'throw') throw new Error('boom')
    bus.publish(
      AgentEvent.task(
        task ??
          Task.fromJSON({
            id: taskId,
            contextId,
            status: { state: 'TASK_STATE_SUBMITTED', timestamp: new Date().toISOString() },
            history: [Message.toJSON(userMessage)],
            metadata: { tenant: context.tenant ?? null },
          }),
      ),
    )
    if (text === 'input') status('TASK_STATE_INPUT_REQUIRED', 'where to?')
    else if (text === 'reject') status('TASK_STATE_REJECTED', 'not my trade')
    else if (text.startsWith('chunks ')) {
      status('TASK_STATE_WORKING', 'on it')
      const count = Number(text.slice('chunks '.length))
      for (let index = 0; index < count; index++) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        const artifact = { artifactId: 'a-1', name: index === 0 ? 'text' : '', parts: [{ text: `${index} ` }] }
        const update = { taskId, contextId, artifact, append: index > 0, lastChunk: index === count - 1 }
        bus.publish(AgentEvent.artifactUpdate(TaskArtifactUpdateEvent.fromJSON(update)))
      }
      status('TASK_STATE_COMPLETED')
    } else if (text === 'slow') {
      status('TASK_STATE_WORKING')
      await new Promise<void>((resolve) => this.#running.set(taskId, resolve))
      return
    } else {
      const parts = [
        { text: `done: ${text}` },
        { raw: btoa('bytes'), filename: 'a.bin', mediaType: 'application/octet-stream' },
        { url: 'https://files.example/a.pdf', mediaType: 'application/pdf' },
        { data: { n: [1, null, 'x'] } },
      ]
      const artifact = { artifactId: 'a-1', name: 'result', parts, metadata: { k: 1 } }
      bus.publish(
        AgentEvent.artifactUpdate(TaskArtifactUpdateEvent.fromJSON({ taskId, contextId, artifact, lastChunk: true })),
      )
      status('TASK_STATE_COMPLETED')
    }
    bus.finished()
  }

  cancelTask = async (taskId: string, bus: ExecutionEventBus) => {
    const status = { state: 'TASK_STATE_CANCELED', timestamp: new Date().toISOString() }
    bus.publish(AgentEvent.statusUpdate(TaskStatusUpdateEvent.fromJSON({ taskId, contextId: '', status })))
    this.#running.get(taskId)?.()
    bus.finished()
  }
}

/** A running agent on the official SDK. */
export interface SdkAgent {
  url: string
  /** Requests it got, as `METHOD path status`. */
  log: string[]
  close(): void
}

/** Starts the agent. Its card offers both bindings, JSON-RPC first, and the tenant where one is given. */
export async function startSdkAgent(
  options: { tenant?: string; extended?: boolean; maxAge?: number } = {},
): Promise<SdkAgent> {
  const { tenant, extended = true, maxAge = 60 } = options
  const app = express()
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cardOf = (name: string) =>
    AgentCard.fromJSON({
      name,
      description: 'Does as it is told',
      version: '1.0.0',
      supportedInterfaces: [
        { url: `${url}/rpc`, protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant },
        { url: `${url}/rest`, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0', tenant },
      ],
      capabilities: { extendedAgentCard: extended, streaming: true, pushNotifications: true },
      securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
      defaultInputModes: ['text/plain'],
      defaultOutputModes: ['text/plain'],
      skills: [{ id: 's', name: 'Skill', description: 'Does', tags: ['t'] }],
    })
  const requestHandler = new DefaultRequestHandler(
    cardOf('scripted'),
    new InMemoryTaskStore(),
    new ScriptedExecutor(),
    undefined,
    undefined,
    undefined,
    extended ? cardOf('scripted, for you') : undefined,
  )
  const log: string[] = []
  app.use((request, response, next) => {
    response.on('finish', () => log.push(`${request.method} ${request.originalUrl} ${response.statusCode}`))
    next()
  })
  // The extended card is given to those who are logged in.
  const userBuilder: UserBuilder = async ({ headers }) =>
    headers.authorization === 'Bearer good' ? { isAuthenticated: true, userName: 'me' } : UserBuilder.noAuthentication()
  app.use('/.well-known/agent-card.json', agentCardHandler({ agentCardProvider: requestHandler, cache: { maxAge } }))
  app.use('/rpc', jsonRpcHandler({ requestHandler, userBuilder }))
  app.use('/rest', restHandler({ requestHandler, userBuilder }))
  return {
    url,
    log,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
