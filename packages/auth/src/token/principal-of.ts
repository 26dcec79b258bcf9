import type { JsonObject, JsonValue, Principal } from '@pf-agents/agent-core'

/** Which claims of a token make a principal. */
export interface ClaimMapping {
  /** Claim that names the caller within the issuer. Default `sub`. The principal's id is `<issuer>#<claim>`. */
  id?: string
  /** Claims with scopes, the first that is there: text with blanks between scopes, or a list. Default `scope`, then `scp`. */
  scopes?: readonly string[]
  /** Claim with the caller's tenant in its own directory. Default none. */
  tenant?: string
  /** Claims to keep in `principal.claims`; they are stored with each task. Default none. */
  keep?: readonly string[]
}

/** A principal from claims: by names, or by a function, whose result is taken as it is. */
export type PrincipalOf = ClaimMapping | ((claims: JsonObject, issuer: string) => Principal | undefined)

const maxIdLength = 512
const maxScopes = 256

/** The principal that claims speak of; `undefined` where they name nobody. */
export function principalOf(claims: JsonObject, issuer: string, mapping: PrincipalOf = {}): Principal | undefined {
  if (typeof mapping === 'function') return mapping(claims, issuer)
  const subject = own(claims, mapping.id ?? 'sub')
  if (typeof subject !== 'string' || subject === '' || subject.length > maxIdLength) return undefined
  // An issuer has no "#" (checked where it is configured): no two pairs make the same id.
  const principal: Principal = { id: `${issuer}#${subject}` }
  const scopes = scopesOf(claims, mapping.scopes ?? ['scope', 'scp'])
  if (scopes.length > 0) principal.scopes = scopes
  const tenant = mapping.tenant === undefined ? undefined : own(claims, mapping.tenant)
  if (typeof tenant === 'string' && tenant !== '') principal.tenant = tenant
  const kept = (mapping.keep ?? []).flatMap((name): [string, JsonValue][] => {
    const value = own(claims, name)
    return value === undefined ? [] : [[name, value]]
  })
  if (kept.length > 0) principal.claims = Object.fromEntries(kept)
  return principal
}

function scopesOf(claims: JsonObject, names: readonly string[]): string[] {
  const value = names.map((name) => own(claims, name)).find((one) => one !== undefined)
  const list = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []
  const scopes = list.filter((one): one is string => typeof one === 'string' && one !== '')
  return [...new Set(scopes)].slice(0, maxScopes)
}

function own(claims: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}
