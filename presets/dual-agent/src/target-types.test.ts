// @node24-only: asks the compiler, which says the same on every Node
// Targets, layer 1: the compiler says which feature does not work, why, and what to use instead.
import { testTargetTypes } from '../../../tooling/scratch/wrong-target'

const head = `
import { defineAgent } from '@pf-agents/agent-core'
import { serve } from '@pf-agents/app/node'
import { componentExports } from '@pf-agents/app/wasm'
import { aguiAgent } from '@pf-agents/agui-agent'
import { dualAgent } from '@pf-agents/dual-agent'
import { spinStorage } from '@pf-agents/spin-storage'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
const agent = defineAgent({ name: 'a', description: 'd', version: '1' })
`
const spin =
  'spin-storage does not work on node (only on wasm): it needs wasi:keyvalue. Instead, use sqliteStorage() from @pf-agents/sqlite-storage.'
const wrong: Record<string, [code: string, sentence: string]> = {
  'storage.ts': ['dualAgent(agent, { storage: spinStorage() })', spin],
  'replaced.ts': [`dualAgent(agent, { features: { 'a2a-server': {}, 'agui-stream': spinStorage() } })`, spin],
  'added.ts': ['aguiAgent(agent, { add: [spinStorage()] })', spin],
  'component.ts': [
    `componentExports(dualAgent(agent, { features: { 'event-stream': false } }))`,
    'agui-stream does not work on wasm (only on node): it needs streams and work that outlive a request. Instead, serve the agent over A2A with a2aServer().',
  ],
}
const right = `
void serve(aguiAgent(agent))
void serve(dualAgent(agent))
void serve(dualAgent({ tenants: { one: agent } }, { storage: sqliteStorage({ file: 'x.db' }), features: { push: true, 'agui-stream': { cors: '*' } } }))
`

testTargetTypes(head, wrong, right)
