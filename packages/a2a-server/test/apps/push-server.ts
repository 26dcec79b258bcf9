// A server of its own process, to be killed: an agent that works in steps, with push notifications over SQLite.
import { a2aServer } from '@pf-agents/a2a-server'
import { pushNotifications } from '@pf-agents/a2a-server/push'
import { defineAgent, reply, type RunContext } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'
import { sqliteStorage } from '@pf-agents/sqlite-storage'

async function steps(count: number, context: RunContext) {
  await context.startTask()
  for (let step = 1; step <= count; step++) {
    context.emit({ type: 'artifact', artifact: { artifactId: `step-${step}`, parts: [{ text: `${step}` }] } })
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return reply.completed()
}

const agent = defineAgent({
  name: 'steps',
  description: 'Works in steps',
  version: '1.0.0',
  skills: [],
  onMessage: (message, context) => steps(Number(message.text), context),
})

const [file = ''] = process.argv.slice(2)
const push = pushNotifications({
  allow: ['http://127.0.0.1:*'],
  timeoutMs: 1_000,
  retryBaseMs: 10,
  retryMaxMs: 50,
  pollMs: 50,
  maxPending: 1_000,
})
const app = createApp(agent, [a2aServer(), sqliteStorage({ file }), push], { runtime: { leaseMs: 1_000 } })
const server = await serve(app, { port: 0 })
console.log(server.url)
