import { expect } from 'vitest'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'

/** What both targets must do. */
export async function echoes(url: string): Promise<void> {
  for (const binding of ['JSONRPC', 'HTTP+JSON'] as const) {
    const client = createA2AClient({ url, prefer: { bindings: [binding] } })
    expect(await client.card()).toMatchObject({ name: 'echo', description: 'Echoes what it is told', version: '1.0.0' })
    const answer = await client.sendMessage({ message: userMessage('Grüße 👋') })
    expect(answer).toMatchObject({ message: { role: 'agent', parts: [{ text: 'Echo: Grüße 👋' }] } })
  }
}
