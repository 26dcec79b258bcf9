import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { llmEngine } from '@pf-agents/llm-engine'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import agent from './agent.ts'

const app = createApp(agent, [a2aServer(), llmEngine(), eventStream(), sqliteStorage({ file: 'assistant.db' })])
const { url } = await serve(app, { port: Number(process.env['PORT'] ?? 3000), signals: true })
console.log(`assistant at ${url}`)
