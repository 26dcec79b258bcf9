import { a2aServer } from '@pf-agents/a2a-server'
import { defineAgent, reply } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'

const agent = defineAgent({
  name: 'echo',
  description: 'Echoes',
  version: '1.0.0',
  onMessage: (message) => {
    const echo = `Echo: ${message.text}`
    return message.text.startsWith('task') ? reply.artifact({ parts: [{ text: echo }] }) : reply.text(echo)
  },
})
const server = await serve(createApp(agent, [a2aServer()]), { port: 0 })
process.send({ port: server.port })
