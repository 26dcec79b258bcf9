import { getOwn, setOwn } from '../model/own-property'

/** Names a secret whose value is looked up per request. It holds no value, so it may stand in definitions and cards. */
export interface SecretReference {
  readonly secret: string
}

/**
 * Names a secret. Its value is looked up by `ctx.secret(…)` when a request needs it, never before.
 *
 * @example
 * ```ts
 * const key = secret('OPENAI_API_KEY')
 * ```
 */
export function secret(name: string): SecretReference {
  return { secret: name }
}

/** What an agent needs of its host. `spin.toml` and a host's grants are made from it. */
export interface Needs {
  /** Hosts it may call: `https://api.example.com`, `https://*.example.com`, `http://127.0.0.1:*`. Default none. */
  outbound?: readonly string[]
  /** Variables it reads, with a default where there is one. */
  variables?: Readonly<Record<string, { default?: string; description?: string }>>
  /** Secrets it reads. */
  secrets?: readonly (string | SecretReference)[]
  /** Key-value stores it opens; `true` is the one named `default`. */
  keyValue?: boolean | readonly string[]
  /** Memory a component of it may use, in MiB. Default 64. */
  memoryMb?: number
}

/** {@link Needs} with everything filled in. */
export interface ResolvedNeeds {
  outbound: string[]
  variables: Record<string, { default?: string; description?: string }>
  secrets: string[]
  keyValue: string[]
  memoryMb: number
}

/** Adds up what an agent and its features need, the agent first: lists are joined, the largest memory and the first default win. */
export function mergeNeeds(all: readonly (Needs | undefined)[]): ResolvedNeeds {
  const merged: ResolvedNeeds = { outbound: [], variables: {}, secrets: [], keyValue: [], memoryMb: 64 }
  for (const needs of all) {
    if (needs === undefined) continue
    merged.outbound = unique([...merged.outbound, ...(needs.outbound ?? [])])
    for (const [name, variable] of Object.entries(needs.variables ?? {})) {
      setOwn(merged.variables, name, { ...variable, ...getOwn(merged.variables, name) })
    }
    merged.secrets = unique([
      ...merged.secrets,
      ...(needs.secrets ?? []).map((one) => (typeof one === 'string' ? one : one.secret)),
    ])
    merged.keyValue = unique([...merged.keyValue, ...(needs.keyValue === true ? ['default'] : needs.keyValue || [])])
    merged.memoryMb = Math.max(merged.memoryMb, needs.memoryMb ?? 0)
  }
  return merged
}

function unique(values: string[]): string[] {
  return [...new Set(values)]
}
