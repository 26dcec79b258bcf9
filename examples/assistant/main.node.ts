import { serve } from '@pf-agents/app/node'
import { pfAgent } from '@pf-agents/pf-agent'
import { playground } from '@pf-agents/playground'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
import agent from './agent.ts'

const app = pfAgent(agent, {
  storage: sqliteStorage({ file: 'assistant.db' }),
  // A page to talk to it, for whoever asks for it: `npm start` at the root of the workspace does, and `pf dev`.
  add: process.env['PF_PLAYGROUND'] ? [playground()] : [],
})
const { url } = await serve(app, { port: Number(process.env['PORT'] ?? 3000), signals: true })
console.log(`assistant at ${url} (AG-UI at ${url}/agui)`)
