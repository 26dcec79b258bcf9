// @node24-only: asks the compiler, which says the same on every Node
// Targets, layer 1: the compiler says which feature does not work, why, and what to use instead.
import { expect, it } from 'vitest'
import { instantiations } from '../../../tooling/scratch/compile'
import { testTargetTypes } from '../../../tooling/scratch/wrong-target'

const head = `
import { defineAgent } from '@pf-agents/agent-core'
import { serve } from '@pf-agents/app/node'
import { componentExports } from '@pf-agents/app/wasm'
import { a2aAgent } from '@pf-agents/a2a-agent'
import { spinStorage } from '@pf-agents/spin-storage'
import { sqliteStorage } from '@pf-agents/sqlite-storage'
const agent = defineAgent({ name: 'a', description: 'd', version: '1' })
`
const spin =
  'spin-storage does not work on node (only on wasm): it needs wasi:keyvalue. Instead, use sqliteStorage() from @pf-agents/sqlite-storage.'
const wrong: Record<string, [code: string, sentence: string]> = {
  'storage.ts': ['a2aAgent(agent, { storage: spinStorage() })', spin],
  'replaced.ts': [`a2aAgent(agent, { features: { 'a2a-server': {}, 'event-stream': spinStorage() } })`, spin],
  'added.ts': ['a2aAgent(agent, { add: [spinStorage()] })', spin],
  'component.ts': [
    'componentExports(a2aAgent(agent))',
    'event-stream does not work on wasm (only on node): it needs streams and work that outlive a request. Instead, let the client ask for the task again (GetTask).',
  ],
}
const right = `
void serve(a2aAgent(agent))
void serve(a2aAgent({ tenants: { one: agent } }, { storage: sqliteStorage({ file: 'x.db' }), features: { push: true } }))
`

testTargetTypes(head, wrong, right)

it('costs the compiler little', () => {
  const use = `void serve(a2aAgent(agent, { storage: sqliteStorage({ file: 'x' }), features: { push: true, 'a2a-server': { path: '/a' } } }))\n`
  const [one = 0, many = 0] = instantiations([head + use, head + use.repeat(21)])
  expect((many - one) / 20).toBeLessThan(500)
})
