import { CaseFailure } from '../storage/assert'
import {
  type AguiCheckOptions,
  type AguiClient,
  type AguiScenario,
  aguiScenarioNames,
  type AguiScenarioInput,
} from './options'
import { type AguiReport, type AguiResult, describeResult, reportOf } from './report'
import { drives } from './scenarios'
import { loadSchemas } from './schema'

const pick = { name: 'pick', description: 'Lets the user pick a colour', parameters: { type: 'object' } }

/** What a scenario asks; why it is skipped otherwise. */
function inputOf(scenario: AguiScenario, { scenarios }: AguiCheckOptions): AguiScenarioInput | string {
  const given = scenarios?.[scenario]
  if (given === false) return 'left out'
  if (scenarios !== undefined && given === undefined && scenario !== 'http-errors')
    return 'nothing says how to ask for it'
  const base: AguiScenarioInput = {
    ...(scenario === 'frontend-tool' && { tools: [pick] }),
    ...(scenario === 'state' && { state: { count: 1 } }),
  }
  return { ...base, ...(given ?? { forwardedProps: { scenario: promptOf(scenario) } }) }
}

/** Some scenarios do the same with an agent as others, and another thing with the client. */
function promptOf(scenario: AguiScenario): string {
  if (scenario === 'history' || scenario === 'parallel') return 'text'
  return scenario === 'interrupt-cancelled' ? 'interrupt' : scenario
}

type Capabilities = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>

/** Why an agent can not show a scenario, where it says so. */
function lackOf(scenario: AguiScenario, capabilities: Capabilities): string | undefined {
  const { tools, state, reasoning, humanInTheLoop } = capabilities
  switch (scenario) {
    case 'tools':
      return tools?.['supported'] === false ? 'the agent has no tools' : undefined
    case 'frontend-tool':
      return tools?.['clientProvided'] === false ? 'the agent takes no tools of the page' : undefined
    case 'state':
      return state?.['snapshots'] === false && state['deltas'] === false ? 'the agent has no state' : undefined
    case 'reasoning':
      return reasoning?.['supported'] === false ? 'the agent tells no reasoning' : undefined
    case 'interrupt':
    case 'interrupt-cancelled':
    case 'multi-interrupt':
      return humanInTheLoop?.['supported'] === false || humanInTheLoop?.['interrupts'] === false
        ? 'the agent asks nothing'
        : undefined
    default:
      return undefined
  }
}

async function capabilitiesOf({ capabilities, headers, fetch: send = fetch }: AguiCheckOptions): Promise<Capabilities> {
  if (typeof capabilities !== 'string') return (capabilities ?? {}) as Capabilities
  const response = await send(capabilities, headers && { headers })
  if (!response.ok) throw new Error(`${capabilities} answers with ${response.status}.`)
  return (await response.json()) as Capabilities
}

async function clientsOf({ clients }: AguiCheckOptions): Promise<readonly AguiClient[]> {
  return clients ?? [await installed()]
}

async function installed(): Promise<AguiClient> {
  try {
    const { HttpAgent } = await import('@ag-ui/client')
    return { name: 'installed', HttpAgent }
  } catch (cause) {
    throw new Error('Checks of AG-UI servers need a client: npm install -D @ag-ui/client, or name yours in `clients`', {
      cause,
    })
  }
}

/** Runs one scenario with one client. */
async function checkScenario(
  options: AguiCheckOptions,
  scenario: AguiScenario,
  client: AguiClient,
): Promise<AguiResult> {
  const result: AguiResult = { scenario, client: client.name, status: 'passed', problems: [], warnings: [], runs: [] }
  const input = inputOf(scenario, options)
  const reason = typeof input === 'string' ? input : lackOf(scenario, await capabilitiesOf(options))
  if (reason !== undefined || typeof input === 'string')
    return { ...result, status: 'skipped', ...(reason !== undefined && { reason }) }
  await drives[scenario]({
    url: options.url,
    options,
    client,
    input,
    result,
    schemas: await loadSchemas(),
    onEvent: (event) => options.onEvent?.(event, scenario),
  })
  return { ...result, status: result.problems.length > 0 ? 'failed' : 'passed' }
}

/**
 * Checks a server of AG-UI by the address of its run endpoint: real clients run an agent through scenarios, and what goes
 * over the wire is looked at for what they check, and for what they do not. It needs `@ag-ui/client`, `@ag-ui/core` and
 * `zod`, which are optional peers.
 *
 * @throws Error where these are not installed, or the capabilities can not be read; what is wrong with the server is in the
 * report
 * @example
 * ```ts
 * const report = await checkAguiServer({
 *   url: 'http://127.0.0.1:3000/agui',
 *   scenarios: { text: { content: 'Say hello' }, interrupt: { content: 'Delete everything' } },
 * })
 * if (!report.ok) console.error(formatAguiReport(report))
 * ```
 */
export async function checkAguiServer(options: AguiCheckOptions): Promise<AguiReport> {
  const capabilities = await capabilitiesOf(options)
  const results: AguiResult[] = []
  for (const client of await clientsOf(options))
    for (const scenario of aguiScenarioNames)
      results.push(await checkScenario({ ...options, capabilities }, scenario, client))
  return reportOf(options.url, results)
}

/** `test` of vitest, node:test or any other of that form. */
export type AguiTest = (
  name: string,
  run: (context: { skip: (reason?: string) => unknown }) => Promise<void>,
) => unknown

/**
 * Registers a test for each scenario and client. What a server can not show is skipped, with the reason.
 *
 * @param options - as of {@link checkAguiServer}; or, where the server is started by the tests, what gives the address then
 * @example
 * ```ts
 * import { test } from 'vitest'
 * registerAguiCases(test, { url: 'http://127.0.0.1:3000/agui', scenarios: { text: { content: 'Say hello' } } })
 * ```
 */
export function registerAguiCases(
  test: AguiTest,
  options: Omit<AguiCheckOptions, 'url'> & { url: string | (() => string | Promise<string>) },
): void {
  for (const client of options.clients ?? [undefined])
    for (const scenario of aguiScenarioNames)
      test(`${scenario} (client ${client?.name ?? 'installed'})`, async (context) => {
        const url = typeof options.url === 'function' ? await options.url() : options.url
        const result = await checkScenario({ ...options, url }, scenario, client ?? (await installed()))
        if (result.status === 'skipped') context.skip(result.reason)
        if (result.status === 'failed') throw new CaseFailure(describeResult(result))
      })
}
