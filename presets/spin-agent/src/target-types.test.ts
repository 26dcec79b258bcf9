// @node24-only: asks the compiler, which says the same on every Node
// Targets, layer 1: the compiler says which feature does not work, why, and what to use instead.
import { testTargetTypes } from '../../../tooling/scratch/wrong-target'

const head = `
import { defineAgent, defineFeature } from '@pf-agents/agent-core'
import { serve } from '@pf-agents/app/node'
import { componentExports } from '@pf-agents/app/wasm'
import { eventStream } from '@pf-agents/event-stream'
import { spinAgent } from '@pf-agents/spin-agent'
import { spinStorage } from '@pf-agents/spin-storage'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
const agent = defineAgent({ name: 'a', description: 'd', version: '1' })
`
const sqlite =
  'sqlite-storage does not work on wasm (only on node): it needs node:sqlite and a file system. Instead, use spinStorage() from @pf-agents/spin-storage.'
const stream =
  'event-stream does not work on wasm (only on node): it needs streams and work that outlive a request. Instead, let the client ask for the task again (GetTask).'
const wrong: Record<string, [code: string, sentence: string]> = {
  'storage.ts': [`spinAgent(agent, { storage: sqliteStorage({ file: 'x.db' }) })`, sqlite],
  'added.ts': ['spinAgent(agent, { add: [eventStream()] })', stream],
  'replaced.ts': [`spinAgent(agent, { features: { 'a2a-server': eventStream() } })`, stream],
  'served.ts': [
    'serve(spinAgent(agent, { storage: spinStorage() }))',
    'spin-storage does not work on node (only on wasm): it needs wasi:keyvalue. Instead, use sqliteStorage() from @pf-agents/sqlite-storage.',
  ],
}
const right = `
const clock = defineFeature({ name: 'clock', targets: ['node', 'wasm'], setup: () => ({}) })
void serve(spinAgent(agent))
componentExports(spinAgent(agent))
componentExports(spinAgent(agent, { storage: spinStorage({ store: 'tasks' }), add: [clock] }))
void serve(spinAgent({ tenants: { one: agent } }, { storage: { store: 'tasks' }, features: { 'a2a-server': { path: '/a2a' } } }))
`

testTargetTypes(head, wrong, right)
