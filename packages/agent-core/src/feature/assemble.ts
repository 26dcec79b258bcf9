import { PfError } from '../error/pf-error'
import { type Target, UnsupportedOnTargetError } from '../error/unsupported-on-target-error'
import type { Port, PortBinding, Ports } from '../port/port'
import type { AnyFeature } from './feature'

/** Which package provides a port, to name it where it is missing. */
const providers: Readonly<Record<string, string>> = {
  'pf.agent-engine': '@pf-agents/llm-engine',
  'pf.llm': '@pf-agents/llm-engine',
  'pf.run-streams': '@pf-agents/event-stream',
  'pf.run-store': '@pf-agents/sqlite-storage or @pf-agents/spin-storage',
  'pf.remote-agents': '@pf-agents/a2a-client',
}

/** What to do about a port that is missed often, in more words. */
const remedies: Readonly<Record<string, string>> = {
  'pf.agent-engine':
    'Install @pf-agents/llm-engine and pass llmEngine(): to createApp in its list, to a preset as `add: [llmEngine()]`. The presets pfAgent (Node) and spinAgent (component) have it.',
}

/**
 * Sorts features so that each comes behind what it requires, stable otherwise.
 * @throws PfError PF_FEATURE_MISSING, PF_FEATURE_CONFLICT, PF_FEATURE_CYCLE.
 */
export function orderFeatures(features: readonly AnyFeature[], builtIn: readonly Port<unknown>[] = []): AnyFeature[] {
  const provider = new Map<symbol, AnyFeature>()
  const names = new Set<string>()
  for (const feature of features) {
    if (names.has(feature.name))
      throw new PfError(
        'PF_FEATURE_CONFLICT',
        `The feature "${feature.name}" is installed twice. Leave one of them out.`,
      )
    names.add(feature.name)
    for (const port of feature.provides) {
      const other = provider.get(port.key)
      if (other !== undefined) {
        throw new PfError(
          'PF_FEATURE_CONFLICT',
          `"${other.name}" and "${feature.name}" both provide ${port.name}. Leave one of them out.`,
        )
      }
      provider.set(port.key, feature)
    }
  }
  const given = new Set(builtIn.map((port) => port.key))
  const ordered: AnyFeature[] = []
  const done = new Set<AnyFeature>()
  const open: AnyFeature[] = []

  function visit(feature: AnyFeature): void {
    if (done.has(feature)) return
    if (open.includes(feature)) {
      const circle = [...open.slice(open.indexOf(feature)), feature].map((one) => one.name).join(' → ')
      throw new PfError('PF_FEATURE_CYCLE', `Features require each other in a circle: ${circle}.`)
    }
    open.push(feature)
    for (const port of feature.requires) {
      const needed = provider.get(port.key)
      if (needed !== undefined) visit(needed)
      else if (!given.has(port.key)) throw missing(port, `"${feature.name}" needs it`)
    }
    for (const port of feature.optional) {
      const used = provider.get(port.key)
      if (used !== undefined) visit(used)
    }
    open.pop()
    done.add(feature)
    ordered.push(feature)
  }
  for (const feature of features) visit(feature)
  return ordered
}

/** The error for a port that nothing provides. */
export function missing(port: Port<unknown>, why: string): PfError {
  const provider = providers[port.name]
  const remedy =
    remedies[port.name] ?? (provider ? `Install ${provider} and pass its feature.` : 'Pass a feature that provides it.')
  return new PfError('PF_FEATURE_MISSING', `Nothing provides ${port.name}; ${why}. ${remedy}`, {
    details: { port: port.name },
  })
}

/**
 * Checks that an app's features all work where it is about to be served. For who serves apps: types and the build say so
 * earlier, and this is what is left where neither was asked.
 *
 * @throws UnsupportedOnTargetError for the first feature that does not work on the target
 */
export function checkTargets(features: readonly AnyFeature[], target: Target): void {
  for (const feature of features) {
    if (feature.targets.includes(target)) continue
    throw new UnsupportedOnTargetError({
      feature: feature.name,
      target,
      availableOn: feature.targets,
      ...feature.unavailable,
    })
  }
}

/** Looks services up by port. Later bindings win over earlier ones. */
export class PortMap implements Ports {
  readonly #services = new Map<symbol, unknown>()

  constructor(bindings: readonly PortBinding[] = []) {
    for (const binding of bindings) this.bind(binding)
  }
  bind(binding: PortBinding): void {
    this.#services.set(binding.port.key, binding.service)
  }
  find<T>(wanted: Port<T>): T | undefined {
    return this.#services.get(wanted.key) as T | undefined
  }
  get<T>(wanted: Port<T>): T {
    const service = this.find(wanted)
    if (service === undefined) throw missing(wanted as Port<unknown>, 'it was asked for')
    return service
  }
}
