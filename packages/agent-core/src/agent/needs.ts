import { getOwn, setOwn } from '../model/own-property'

/** Names a secret whose value is looked up per request. It holds no value, so it may stand in definitions and cards. */
export interface SecretReference {
  readonly secret: string
  readonly optional?: false
}

/** Names a secret that the host need not have: without a value it is read as `undefined`. */
export interface OptionalSecret {
  readonly secret: string
  readonly optional: true
}

/**
 * Names a secret. Its value is looked up by `ctx.secret(…)` when a request needs it, never before. Where it has none, that
 * fails, unless the secret is optional.
 *
 * @example
 * ```ts
 * const key = secret('OPENAI_API_KEY')
 * const webhookKey = secret('WEBHOOK_KEY', { optional: true })
 * ```
 */
export function secret(name: string): SecretReference
export function secret(name: string, options: { optional: true }): OptionalSecret
export function secret(name: string, options?: { optional: true }): SecretReference | OptionalSecret {
  return options?.optional ? { secret: name, optional: true } : { secret: name }
}

/** A variable, as an agent declares it. */
export interface VariableNeed {
  default?: string
  description?: string
  /** It need not be set: then it is read as `undefined`. So is an empty text, which is all some hosts can say. */
  optional?: boolean
}

/** What an agent needs of its host. `spin.toml` and a host's grants are made from it. */
export interface Needs {
  /** Hosts it may call: `https://api.example.com`, `https://*.example.com`, `http://127.0.0.1:*`. Default none. */
  outbound?: readonly string[]
  /** Variables it reads, with a default where there is one. */
  variables?: Readonly<Record<string, VariableNeed>>
  /** Secrets it reads. */
  secrets?: readonly (string | SecretReference | OptionalSecret)[]
  /** Key-value stores it opens; `true` is the one named `default`. */
  keyValue?: boolean | readonly string[]
  /** Memory a component of it may use, in MiB. Default 64. */
  memoryMb?: number
}

/** {@link Needs} with everything filled in. */
export interface ResolvedNeeds {
  outbound: string[]
  variables: Record<string, VariableNeed>
  secrets: string[]
  /** Those of them that the host need not have; absent where it must have all. */
  optionalSecrets?: string[]
  keyValue: string[]
  memoryMb: number
}

/**
 * Adds up what an agent and its features need, the agent first: lists are joined, the largest memory and the first default win,
 * and what is optional to one only is needed. */
export function mergeNeeds(all: readonly (Needs | undefined)[]): ResolvedNeeds {
  const merged: ResolvedNeeds = { outbound: [], variables: {}, secrets: [], keyValue: [], memoryMb: 64 }
  const needed = new Set<string>()
  for (const needs of all) {
    if (needs === undefined) continue
    merged.outbound = unique([...merged.outbound, ...(needs.outbound ?? [])])
    for (const [name, variable] of Object.entries(needs.variables ?? {})) {
      const before = getOwn(merged.variables, name)
      const { optional, ...both } = { ...variable, ...before }
      const isOptional = variable.optional === true && (before === undefined || before.optional === true)
      setOwn(merged.variables, name, isOptional ? { ...both, optional } : both)
    }
    for (const one of needs.secrets ?? []) {
      const name = typeof one === 'string' ? one : one.secret
      merged.secrets.push(name)
      if (typeof one === 'string' || one.optional !== true) needed.add(name)
    }
    merged.keyValue = unique([...merged.keyValue, ...(needs.keyValue === true ? ['default'] : needs.keyValue || [])])
    merged.memoryMb = Math.max(merged.memoryMb, needs.memoryMb ?? 0)
  }
  merged.secrets = unique(merged.secrets)
  const optional = merged.secrets.filter((name) => !needed.has(name))
  return optional.length > 0 ? { ...merged, optionalSecrets: optional } : merged
}

function unique(values: string[]): string[] {
  return [...new Set(values)]
}
