import { PfError } from './pf-error'

/** Where an agent is served. */
export type Target = 'node' | 'wasm'

/** What a feature says of the targets it does not work on. */
export interface UnsupportedOnTarget {
  /** The feature or package. */
  feature: string
  /** The target it was used on. */
  target: Target
  /** The targets it works on. */
  availableOn: readonly Target[]
  /** Why it does not work there: a clause such as `it needs TCP sockets`. */
  reason?: string
  /** What to use instead: a clause such as `use spinStorage()`. */
  alternative?: string
}

/** The one sentence that types, builds and errors say about a feature on the wrong target. */
export function unsupportedSentence(about: UnsupportedOnTarget): string {
  const reason = about.reason ? `: ${about.reason}` : ''
  const alternative = about.alternative ? ` Instead, ${about.alternative}.` : ''
  return `${about.feature} does not work on ${about.target} (only on ${about.availableOn.join(' and ')})${reason}.${alternative}`
}

/** A feature was used on a target it does not work on. */
export class UnsupportedOnTargetError extends PfError<'PF_TARGET_UNSUPPORTED'> {
  readonly feature: string
  readonly target: Target
  readonly availableOn: readonly Target[]
  readonly alternative: string | undefined

  constructor(about: UnsupportedOnTarget) {
    super('PF_TARGET_UNSUPPORTED', unsupportedSentence(about))
    this.name = 'UnsupportedOnTargetError'
    this.feature = about.feature
    this.target = about.target
    this.availableOn = about.availableOn
    this.alternative = about.alternative
  }
}
