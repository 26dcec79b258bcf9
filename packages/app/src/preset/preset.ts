import type { AnyFeature, RunsOn, Target } from '@pf-agents/agent-core'
import type { App } from '../app'
import type { AppOptions } from '../options'
import type { Agents } from '../tenants'

/** What makes a feature, such as `a2aServer`: a function that takes one object of options. */
export type FeatureFactory = (...options: never[]) => AnyFeature

/** A feature of a preset: the factory, which then works without options; or one that is off until the user turns it on. */
export type PresetFeature = (() => AnyFeature) | { readonly feature: FeatureFactory; readonly enabled: false }

/** What {@link definePreset} takes. */
export interface PresetDefinition {
  /** The package's short name, such as `a2a-agent`. */
  readonly name: string
  /** Where its apps can be served. The first is what it is made for: features that users give it have to work there. */
  readonly targets: readonly [Target, ...Target[]]
  /** For presets of one target: a clause such as `it streams`, and one such as `use spinAgent()`. */
  readonly unavailable?: { readonly reason: string; readonly alternative?: string }
  /** The features, by the names under which users set options for them, replace them or switch them off. */
  readonly features: Readonly<Record<string, PresetFeature>>
  /**
   * Storage that is used where the user gives none. Default: the memory drivers of `createApp`. A preset that has one on
   * another target only says `undefined`: options for it are then taken, and come to nothing.
   */
  readonly storage?: FeatureFactory | undefined
}

type FactoryOf<P> = P extends { readonly feature: infer F } ? F : P
type OptionsOf<F> = F extends (...options: infer O) => unknown ? NonNullable<O[0]> : never
type MadeBy<F> = F extends (...options: never[]) => infer Made ? Made : never
type HomeOf<D extends PresetDefinition> = D['targets'][0]

/** What a user says of one feature. `V` is what stands there: options are taken by their own type, a feature by its targets. */
type Choice<F, V, T extends Target> =
  | OptionsOf<F>
  | (V & (V extends boolean ? unknown : V extends AnyFeature ? RunsOn<V, T> : never))

/** What a preset's user may say; everything else is an option of `createApp`. */
export interface PresetOptions<
  D extends PresetDefinition,
  Storage extends AnyFeature,
  Choices,
  Added extends readonly AnyFeature[],
> extends AppOptions {
  /**
   * Where tasks are kept: a storage feature such as `sqliteStorage({ file: 'agent.db' })`; options for the preset's own
   * storage, where it has one; or `false` for memory. Default: the preset's own, or memory.
   */
  storage?: (Storage & RunsOn<Storage, HomeOf<D>>) | OptionsOf<D['storage']> | false | undefined
  /** The preset's features by name: options, another feature in its place, `false` to leave it out, `true` to have it. */
  features?: {
    readonly [K in keyof Choices]: K extends keyof D['features']
      ? Choice<FactoryOf<D['features'][K]>, Choices[K], HomeOf<D>>
      : never
  }
  /** Features beyond those of the preset. */
  add?: Added & RunsOn<Added[number], HomeOf<D>>
}

/** The feature that an entry of the preset comes to. */
type Chosen<P, V> = V extends false
  ? never
  : V extends AnyFeature
    ? V
    : unknown extends V
      ? P extends { readonly enabled: false }
        ? never
        : MadeBy<FactoryOf<P>>
      : MadeBy<FactoryOf<P>>

/** The features of an app that a preset makes. Its own storage is not among them: it is there only where it works. */
export type PresetFeatures<D extends PresetDefinition, Choices> = {
  [K in keyof D['features']]: Chosen<D['features'][K], K extends keyof Choices ? Choices[K] : unknown>
}[keyof D['features']]

/** Makes apps of agents: features that go together, with the options of each. */
export interface Preset<D extends PresetDefinition> {
  /**
   * Makes an app; does no I/O.
   *
   * @param agents - one agent, or `{ tenants: { name: agent } }`
   * @throws UnsupportedOnTargetError where the preset or a feature does not work on the target
   * @throws PfError PF_CONFIG_INVALID where an option names no feature of the preset, and what `createApp` throws
   */
  <
    Storage extends AnyFeature = never,
    const Choices extends { readonly [K in keyof D['features']]?: unknown } = {},
    const Added extends readonly AnyFeature[] = readonly [],
  >(
    agents: Agents,
    options?: PresetOptions<D, Storage, Choices, Added>,
  ): App<Storage | PresetFeatures<D, Choices> | Added[number]>
  /** What it is made of, to make another preset from. */
  readonly definition: D
}
