import { type AnyFeature, defineAgent } from '@pf-agents/agent-core'
import { type App, type AppOptions, createApp } from '@pf-agents/app'
import { apiKey, bearer } from '@pf-agents/auth'
import { a2aServer } from '../a2a-server'
import { suiteAgent } from './agent'

/** Apps that cases run against. */
export type SuiteName = 'open' | 'guarded' | 'tenants'

const secretSkill = { id: 'secret', name: 'Secret', description: 'Not on the public card', tags: [] }

/**
 * The app of one set of cases. Stands on its own in memory; storage features come from whoever runs the cases.
 */
export function createSuiteApp(name: SuiteName, features: readonly AnyFeature[] = [], options: AppOptions = {}): App {
  if (name === 'open') return createApp(suiteAgent, [a2aServer(), ...features], options)
  if (name === 'guarded') {
    const extendedCard = ({ id }: { id: string }) => ({ description: `For ${id}`, skills: [secretSkill] })
    const auth = [bearer({ accept: { alice: 'alice-token' } }), apiKey({ accept: { bob: 'bob-key' } })]
    return createApp(suiteAgent, [a2aServer({ extendedCard }), ...features], { ...options, auth })
  }
  const card = {
    capabilities: { extendedAgentCard: true, extensions: [{ uri: 'urn:example:required', required: true }] },
  }
  const tenants = { one: defineAgent({ ...suiteAgent, name: 'one' }), two: defineAgent({ ...suiteAgent, name: 'two' }) }
  return createApp({ tenants }, [a2aServer({ path: '/a2a', card }), ...features], options)
}
