import type { RemoteAgent, RemoteAgents, RemoteCallOptions } from '@pf-agents/agent-core'
import { type A2AClient, createA2AClient } from './client'
import type { A2AClientOptions, CallOptions } from './options'

/** An A2A client as agent-core's {@link RemoteAgent}, for tools and sub-agents that must not know of A2A. */
export function toRemoteAgent(client: A2AClient): RemoteAgent {
  const optionsOf = ({ signal, timeoutMs }: RemoteCallOptions = {}): CallOptions => ({ signal, timeoutMs })
  return {
    send(message, options) {
      const configuration = options?.returnImmediately ? { returnImmediately: true } : undefined
      return client.sendMessage({ message, ...(configuration && { configuration }) }, optionsOf(options))
    },
    task: (id, options) => client.getTask({ id }, optionsOf(options)),
    cancel: (id, options) => client.cancelTask({ id }, optionsOf(options)),
  }
}

/**
 * Remote agents by their address, for the port `remoteAgentsPort`. All clients have these options; the card of an
 * agent is loaded once for all who connect to it, as far as a `cards` cache is given.
 */
export function createRemoteAgents(options: A2AClientOptions = {}): RemoteAgents {
  return {
    async connect(url) {
      const client = createA2AClient({ ...options, url })
      await client.card()
      return toRemoteAgent(client)
    },
  }
}
