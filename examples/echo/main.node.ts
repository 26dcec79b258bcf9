import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import agent from './agent.ts'

const app = createApp(agent, [a2aServer(), sqliteStorage({ file: 'echo.db' })])
const { url } = await serve(app, { port: Number(process.env['PORT'] ?? 3000), signals: true })
console.log(`echo at ${url}`)
