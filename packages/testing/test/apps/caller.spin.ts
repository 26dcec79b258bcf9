// An agent whose work is done by another one: what it is told to do there, it does with the A2A client.
import { type A2AClient, type ClientBinding, connect, userMessage } from '@pf-agents/a2a-client'
import { a2aServer } from '@pf-agents/a2a-server'
import { defineAgent, type JsonObject, type JsonValue, PfError, reply } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'

interface Said {
  text: string
  configuration?: { returnImmediately?: boolean }
}

interface Order {
  url: string
  binding: ClientBinding
  token?: string
  calls: { operation: keyof A2AClient | 'say'; request?: JsonObject }[]
}

/** What a call came to, or what the client threw. */
async function outcome(client: A2AClient, { operation, request }: Order['calls'][number]): Promise<JsonValue> {
  try {
    const { text, configuration, ...more } = (request ?? {}) as unknown as Said
    const result =
      operation === 'say'
        ? await client.sendMessage({
            message: userMessage(text, more),
            ...(configuration && { configuration }),
          })
        : await (client[operation] as (request?: JsonObject) => Promise<unknown>)(request)
    return JSON.parse(JSON.stringify(result)) as JsonValue
  } catch (error) {
    if (!PfError.is(error)) return { thrown: String(error) }
    const { code, message } = error
    return { code, message, ...('kind' in error && { kind: error.kind as string }) }
  }
}

const agent = defineAgent({
  name: 'caller',
  description: 'Has others do it',
  version: '1.0.0',
  needs: { outbound: ['http://127.0.0.1:*'] },
  async onMessage(message, context) {
    const order = message.parts[0]?.data as unknown as Order
    const { url, binding, token, calls } = order
    const client = await connect(url, {
      fetch: (input, init) => context.fetch(input, init),
      prefer: { bindings: [binding] },
      ...(token !== undefined && { headers: () => ({ authorization: `Bearer ${token}` }) }),
    })
    const results: JsonValue[] = []
    for (const call of calls) results.push(await outcome(client, call))
    return reply.data({ results })
  },
})

export default createApp(agent, [a2aServer()])
