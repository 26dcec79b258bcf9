import { type AnyFeature, checkTargets, PfError, runStorePort, UnsupportedOnTargetError } from '@pf-agents/agent-core'
import type { App } from '../app'
import { createApp } from '../create-app'
import { currentTarget } from '../host'
import type { AppOptions } from '../options'
import type { Agents } from '../tenants'
import type { FeatureFactory, Preset, PresetDefinition } from './preset'

/** The options as they come, whatever the compiler was told. */
interface GivenOptions extends AppOptions {
  storage?: unknown
  features?: Readonly<Record<string, unknown>>
  add?: readonly AnyFeature[]
}

/**
 * Defines a preset: features that go together, each with options of its own, that users may replace, switch off and add to.
 *
 * @example
 * ```ts
 * export const deskAgent = definePreset({
 *   name: 'desk-agent',
 *   targets: ['node'],
 *   features: { 'a2a-server': a2aServer, 'event-stream': eventStream, push: { feature: pushNotifications, enabled: false } },
 * })
 * await serve(deskAgent(agent, { storage: sqliteStorage({ file: 'desk.db' }), features: { push: true } }))
 * ```
 */
export function definePreset<const D extends PresetDefinition>(definition: D): Preset<D> {
  const preset = (agents: Agents, { storage, features = {}, add = [], ...options }: GivenOptions = {}): App => {
    const { name, targets, unavailable } = definition
    const target = options.target ?? currentTarget()
    if (!targets.includes(target))
      throw new UnsupportedOnTargetError({ feature: name, target, availableOn: targets, ...unavailable })
    const given = [storage, ...Object.values(features), ...add].filter(isFeature)
    checkTargets(given, targets[0])
    return createApp(
      agents,
      [...chosenFeatures(definition, features), ...chosenStorage(definition, storage), ...add],
      options,
    )
  }
  return Object.assign(preset, { definition }) as unknown as Preset<D>
}

function chosenFeatures(
  { name, features }: PresetDefinition,
  choices: Readonly<Record<string, unknown>>,
): AnyFeature[] {
  const unknown = Object.keys(choices).find((key) => !Object.hasOwn(features, key))
  if (unknown !== undefined) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${name} has no feature "${unknown}". It has ${Object.keys(features).join(', ')}; pass others in "add".`,
    )
  }
  return Object.entries(features).flatMap(([key, own]) => {
    const [factory, enabled] = typeof own === 'function' ? [own, true] : [own.feature, own.enabled]
    return chosen(factory, choices[key] ?? enabled, `${name}: features["${key}"]`)
  })
}

function chosenStorage(definition: PresetDefinition, choice: unknown): AnyFeature[] {
  const { name, storage: factory } = definition
  if (isFeature(choice) && !choice.provides.some(({ key }) => key === runStorePort.key)) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${name}: "${choice.name}" is no storage, because it does not provide ${runStorePort.name}. Pass it in "add".`,
    )
  }
  if (typeof choice === 'object' && !isFeature(choice) && choice !== null && !('storage' in definition)) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${name} has no storage of its own to set options for. Pass a feature, such as sqliteStorage({ file }).`,
    )
  }
  return chosen(factory, choice ?? true, `${name}: storage`)
}

/** The feature that a choice comes to; none where there is nothing to make it from. */
function chosen(factory: FeatureFactory | undefined, choice: unknown, place: string): AnyFeature[] {
  if (choice === false) return []
  if (isFeature(choice)) return [choice]
  if (choice !== true && (typeof choice !== 'object' || Array.isArray(choice)))
    throw new PfError('PF_CONFIG_INVALID', `${place} is neither options nor a feature nor true or false.`)
  const make = factory as ((options?: object) => AnyFeature) | undefined
  return make ? [choice === true ? make() : make(choice as object)] : []
}

function isFeature(value: unknown): value is AnyFeature {
  const { setup, targets } = (value ?? {}) as Partial<AnyFeature>
  return typeof setup === 'function' && Array.isArray(targets)
}
