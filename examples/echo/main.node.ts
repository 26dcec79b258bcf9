import { a2aAgent } from '@pf-agents/a2a-agent'
import { serve } from '@pf-agents/app/node'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import agent from './agent.ts'

const app = a2aAgent(agent, { storage: sqliteStorage({ file: 'echo.db' }) })
const { url } = await serve(app, { port: Number(process.env['PORT'] ?? 3000), signals: true })
console.log(`echo at ${url}`)
