import { defineAgent, reply } from '@pf-agents/agent-core'

/** Waits half a second, as for a model that answers, before it echoes. */
export default defineAgent({
  name: 'waiting',
  description: 'Waits before it echoes',
  version: '1.0.0',
  skills: [],
  onMessage: async (message) => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    return reply.text(`Echo: ${message.text}`)
  },
})
