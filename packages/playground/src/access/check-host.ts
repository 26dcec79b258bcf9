import { PfError, type RequestInfo } from '@pf-agents/agent-core'

/** The name of a Host header, without the port. */
const nameOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase()

/** Host names that are allowed, as they are compared. @throws PfError PF_CONFIG_INVALID */
export function hostNames(hosts: readonly string[]): ReadonlySet<string> {
  for (const host of hosts) {
    if (!/^[A-Za-z0-9.-]+$/.test(host))
      throw new PfError(
        'PF_CONFIG_INVALID',
        `playground: "hosts" has names such as "dev.example.com", and "${host}" is none.`,
      )
  }
  return new Set(hosts.map((host) => host.toLowerCase()))
}

/**
 * Refuses names that anybody could point to this machine (DNS rebinding): a page from elsewhere would then share the
 * origin. An address can not be pointed anywhere, and `localhost` is always this machine (RFC 6761).
 *
 * @throws PfError PF_FORBIDDEN
 */
export function checkHost(info: RequestInfo, allowed: ReadonlySet<string>): void {
  const name = nameOf(info.header('host') ?? '')
  if (name === 'localhost' || name.endsWith('.localhost') || isAddress(name) || allowed.has(name)) return
  throw new PfError(
    'PF_FORBIDDEN',
    `The playground does not answer as "${name.slice(0, 100)}". Open it at localhost, or name the host in playground({ hosts }).`,
  )
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name)
}
