// The responder with tasks in SQLite; each call of a tool leaves a line in a file.
import { appendFileSync } from 'node:fs'
import { a2aServer } from '@pf-agents/a2a-server'
import { defineAgent } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'
import { llmEngine } from '@pf-agents/llm-engine'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import { providerPort, responder } from './responder.ts'

const tools = responder.tools?.map((tool) => ({
  ...tool,
  run(...args: Parameters<typeof tool.run>) {
    appendFileSync('ran.log', `${tool.name}\n`)
    return tool.run(...args)
  },
}))
const agent = defineAgent({ ...responder, ...(tools && { tools }) })
const features = [sqliteStorage({ file: 'tasks.db' }), providerPort(), llmEngine(), a2aServer()]
const { url } = await serve(createApp(agent, features), { port: Number(process.env['PORT']) })
console.log(url)
