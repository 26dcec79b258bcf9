import { readFileSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parseOutbound, PfError, type ResolvedNeeds } from '@pf-agents/agent-core'
import { type OptionValues, UsageError } from '../command-line/command'
import { canonicalName } from '../guest/variables'

/** What the user gives a component, over what it says it needs. */
export interface Grants {
  variables: Record<string, string>
  secrets: Record<string, string>
  outbound: readonly string[]
  stores: readonly string[]
  memoryMb: number
  /** What it needs and was not given, or what is unsafe: for the user to read. */
  warnings: string[]
}

/**
 * Reads `--var`, `--var-file`, `--secret-file`, `--outbound` and `--memory`. A variable named on the command line wins
 * over files; what stands in no place has the default the agent declares.
 *
 * @throws UsageError where a file can not be read, or an origin is none.
 */
export function readGrants(values: OptionValues, needs: ResolvedNeeds): Grants {
  const warnings: string[] = []
  const secretNames = new Set(needs.secrets.map(canonicalName))
  const plain = new Map<string, string>()
  const secret = new Map<string, string>()
  const put = (entries: Record<string, string>, isSecret: boolean): void => {
    for (const [name, value] of Object.entries(entries)) {
      const hidden = isSecret || secretNames.has(canonicalName(name))
      ;(hidden ? plain : secret).delete(name)
      ;(hidden ? secret : plain).set(name, value)
    }
  }
  for (const [name, { default: value }] of Object.entries(needs.variables))
    if (value !== undefined) plain.set(name, value)
  for (const file of values.list('var-file')) put(readEnvFile(file), false)
  for (const file of values.list('secret-file')) {
    put(readEnvFile(file), true)
    if ((statSync(file).mode & 0o077) !== 0)
      warnings.push(`${file} can be read by other users of this machine; chmod 600 ${file}`)
  }
  put(values.pairs('var'), false)

  const given = new Set([...plain.keys(), ...secret.keys()].map(canonicalName))
  for (const name of needs.secrets)
    if (!given.has(canonicalName(name)) && needs.optionalSecrets?.includes(name) !== true)
      warnings.push(`the agent needs the secret ${name}; give it with --secret-file FILE`)
  for (const [name, { optional }] of Object.entries(needs.variables))
    if (!given.has(canonicalName(name)) && optional !== true)
      warnings.push(`the agent needs the variable ${name}; give it with --var ${name}=VALUE`)
  const outbound = values.list('outbound')
  for (const pattern of outbound) checkOutbound(pattern)
  const ungranted = needs.outbound.filter((need) => !outbound.some((grant) => covers(grant, need)))
  if (ungranted.length > 0)
    warnings.push(
      `the agent wants to call ${ungranted.join(', ')}; allow it with ${ungranted.map((host) => `--outbound '${host}'`).join(' ')}`,
    )
  return {
    variables: underBothNames(plain),
    secrets: underBothNames(secret),
    outbound,
    stores: needs.keyValue,
    memoryMb: values.integer('memory', 16, 4096) ?? needs.memoryMb,
    warnings,
  }
}

/** Components ask for `lower_snake` names, as Spin has them; agents that read wasi:config themselves may ask for the other. */
function underBothNames(values: ReadonlyMap<string, string>): Record<string, string> {
  const both: Record<string, string> = {}
  for (const [name, value] of values) both[canonicalName(name)] = value
  for (const [name, value] of values) both[name] = value
  return both
}

function checkOutbound(pattern: string): void {
  try {
    parseOutbound(pattern)
  } catch (error) {
    throw PfError.is(error) ? new UsageError(`--outbound ${error.message}`) : error
  }
}

/** Whether a grant allows all that a need asks for, however either is written. */
function covers(grant: string, need: string): boolean {
  const given = parseOutbound(grant)
  const asked = parseOutbound(need)
  return (
    (given.protocol === '*' || given.protocol === asked.protocol) &&
    (given.port === '*' || given.port === asked.port) &&
    (given.host === '*' ||
      given.host === asked.host ||
      (given.host.startsWith('*.') && asked.host !== '*' && asked.host.endsWith(given.host.slice(1))))
  )
}

function readEnvFile(file: string): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(parseEnv(readFileSync(file, 'utf8'))).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    )
  } catch (error) {
    throw new UsageError(`${file} can not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
