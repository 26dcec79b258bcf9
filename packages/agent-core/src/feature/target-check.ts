import type { Target } from '../error/unsupported-on-target-error'
import type { Feature } from './feature'

/** The targets of one feature. */
type TargetsOf<F> = F extends { readonly targets: readonly (infer T)[] } ? T : never

/** Of a union of features, those that do not work on a target. */
type Unfit<F, T extends Target> = F extends unknown ? (T extends TargetsOf<F> ? never : F) : never

/** A feature whose import failed is `any`: the compiler has said so where it was imported. */
type IsAny<F> = 0 extends 1 & F ? true : false

/** The sentence for a feature that does not work on a target. */
type Sentence<F, T extends Target> =
  F extends Feature<infer Name, infer Targets, infer Reason>
    ? `${Name} does not work on ${T} (only on ${Targets}): ${Reason}`
    : never

/**
 * `unknown` where all features work on the target; otherwise a type nothing has, whose `reason` the compiler prints
 * where the app is passed to that target.
 */
export type RunsOn<F, T extends Target> = [IsAny<F>, Unfit<F, T>] extends [false, never] | [true, unknown]
  ? unknown
  : { readonly __unavailableOn: T; readonly reason: Sentence<Unfit<F, T>, T> }
