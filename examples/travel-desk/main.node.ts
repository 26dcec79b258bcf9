import { serve } from '@pf-agents/app/node'
import { pfAgent } from '@pf-agents/pf-agent'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import agent from './agent.ts'

const app = pfAgent(agent, { storage: sqliteStorage({ file: 'travel-desk.db' }) })
const { url } = await serve(app, { port: Number(process.env['PORT'] ?? 3000), signals: true })
console.log(`travel-desk at ${url} (AG-UI at ${url}/agui)`)
