import { type Agent, PfError } from '@pf-agents/agent-core'

/** One agent, or several behind one address, each with the name it is called by. */
export type Agents = Agent | { readonly tenants: Readonly<Record<string, Agent>> }

/** A path segment that needs no encoding. */
const tenantName = /^[A-Za-z0-9._~-]{1,64}$/

/** The agents with their tenants, checked. @throws PfError PF_CONFIG_INVALID */
export function agentsOf(agents: Agents): { tenant: string; agent: Agent }[] {
  if (typeof agents !== 'object' || agents === null) throw noAgent('', agents)
  if (!('tenants' in agents)) return [{ tenant: '', agent: checked('', agents) }]
  const all = Object.entries(agents.tenants).map(([tenant, agent]) => ({ tenant, agent: checked(tenant, agent) }))
  if (all.length === 0) throw new PfError('PF_CONFIG_INVALID', 'tenants: name at least one agent.')
  for (const { tenant } of all) {
    if (!tenantName.test(tenant) || /^\.+$/.test(tenant)) {
      throw new PfError(
        'PF_CONFIG_INVALID',
        `tenants: "${tenant}" can not stand in a path. Use letters, digits, "-", "_", "." and "~".`,
      )
    }
  }
  return all
}

/** What `defineAgent` makes; anything else would fail far from here. */
function checked(tenant: string, agent: Agent): Agent {
  if (typeof agent?.name === 'string' && Array.isArray(agent.skills)) return agent
  throw noAgent(tenant, agent)
}

function noAgent(tenant: string, given: unknown): PfError {
  const what = tenant === '' ? 'An app needs an agent' : `tenants: "${tenant}" needs an agent`
  const got =
    given === null
      ? 'null'
      : Array.isArray(given)
        ? 'an array'
        : `${typeof given === 'object' ? 'an' : 'a'} ${typeof given}`
  return new PfError(
    'PF_CONFIG_INVALID',
    `${what}, made by defineAgent, and was given ${got} that is none. Check what the file exports as default.`,
  )
}
