import { dualAgent } from '@pf-agents/dual-agent'
import { serve } from '@pf-agents/app/node'
import { llmEngine } from '@pf-agents/llm-engine'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import agent from './agent.ts'

const app = dualAgent(agent, { storage: sqliteStorage({ file: 'travel-desk.db' }), add: [llmEngine()] })
const { url } = await serve(app, { port: Number(process.env['PORT'] ?? 3000), signals: true })
console.log(`travel-desk at ${url} (AG-UI at ${url}/agui)`)
