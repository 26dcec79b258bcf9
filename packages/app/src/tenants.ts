import { type Agent, PfError } from '@pf-agents/agent-core'

/** One agent, or several behind one address, each with the name it is called by. */
export type Agents = Agent | { readonly tenants: Readonly<Record<string, Agent>> }

/** A path segment that needs no encoding. */
const tenantName = /^[A-Za-z0-9._~-]{1,64}$/

/** The agents with their tenants, checked. @throws PfError PF_CONFIG_INVALID */
export function agentsOf(agents: Agents): { tenant: string; agent: Agent }[] {
  if (!('tenants' in agents)) return [{ tenant: '', agent: agents }]
  const all = Object.entries(agents.tenants).map(([tenant, agent]) => ({ tenant, agent }))
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
