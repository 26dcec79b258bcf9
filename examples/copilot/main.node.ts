import { serve } from '@pf-agents/app/node'
import { dualAgent } from '@pf-agents/dual-agent'
import { llmEngine } from '@pf-agents/llm-engine'
import agent from '@pf-agents/example-travel-desk'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import { page } from './page-feature.ts'

const app = dualAgent(agent, {
  storage: sqliteStorage({ file: 'copilot.db' }),
  // A page that is loaded again has time to come back to its run.
  features: { 'agui-stream': { graceMs: 30_000 } },
  add: [llmEngine(), page()],
})
const { url } = await serve(app, { port: Number(process.env['PORT'] ?? 3000), signals: true })
console.log(`copilot at ${url} (AG-UI at ${url}/agui, A2A at ${url}/.well-known/agent-card.json)`)
