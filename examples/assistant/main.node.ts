import { serve } from '@pf-agents/app/node'
import { pfAgent } from '@pf-agents/pf-agent'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import agent from './agent.ts'

const app = pfAgent(agent, { storage: sqliteStorage({ file: 'assistant.db' }) })
const { url } = await serve(app, { port: Number(process.env['PORT'] ?? 3000), signals: true })
console.log(`assistant at ${url} (AG-UI at ${url}/agui)`)
