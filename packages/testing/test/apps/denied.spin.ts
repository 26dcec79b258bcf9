/** Calls what it is told to and tells what came of it. */
import { a2aServer } from '@pf-agents/a2a-server'
import { defineAgent, PfError, reply } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'

const agent = defineAgent({
  name: 'denied',
  description: 'Calls others',
  version: '1.0.0',
  needs: { outbound: ['http://127.0.0.1:*', 'https://api.example.com'] },
  async onMessage(message, context) {
    try {
      const { status } = await context.fetch(message.text)
      return reply.data({ status })
    } catch (error) {
      return reply.data(PfError.is(error) ? { code: error.code, message: error.message } : { thrown: String(error) })
    }
  },
})

export default createApp(agent, [a2aServer()])
