import type { Target } from '../error/unsupported-on-target-error'
import type { Feature } from './feature'

/** The targets of one feature. */
type TargetsOf<F> = F extends { readonly targets: readonly (infer T)[] } ? T : never

/** Of a union of features, those that do not work on a target. */
type Unfit<F, T extends Target> = F extends unknown ? (T extends TargetsOf<F> ? never : F) : never

/** A feature whose import failed is `any`: the compiler has said so where it was imported. */
type IsAny<F> = 0 extends 1 & F ? true : false

/** The sentence for a feature that does not work on a target: the one that `unsupportedSentence` says at run time. */
type Sentence<F, T extends Target> =
  F extends Feature<infer Name, infer Targets, infer Reason, infer Alternative>
    ? `${Name} does not work on ${T} (only on ${Targets})${Clause<': ', Reason, ''>}.${Clause<' Instead, ', Alternative, '.'>}`
    : never

/** What is there to say, between what goes around it; nothing where the feature does not say it. */
type Clause<Before extends string, Text extends string, After extends string> = [Text] extends [never]
  ? ''
  : `${Before}${Text}${After}`

/**
 * `unknown` where all features work on the target; otherwise a type nothing has, whose `reason` the compiler prints
 * where the app is passed to that target.
 */
export type RunsOn<F, T extends Target> = [IsAny<F>, Unfit<F, T>] extends [false, never] | [true, unknown]
  ? unknown
  : { readonly __unavailableOn: T; readonly reason: Sentence<Unfit<F, T>, T> }
