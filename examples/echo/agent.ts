import { defineAgent, reply } from '@pf-agents/agent-core'

export default defineAgent({
  name: 'echo',
  description: 'Echoes what it is told',
  version: '1.0.0',
  skills: [],
  onMessage: (message) => reply.text(`Echo: ${message.text}`),
})
