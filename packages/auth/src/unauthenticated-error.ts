import { PfError } from '@pf-agents/agent-core'

/** The caller did not prove who it is; `challenges` say how it could. */
export class UnauthenticatedError extends PfError<'PF_UNAUTHENTICATED'> {
  /** Values of `WWW-Authenticate`, one per scheme. */
  readonly challenges: readonly string[]

  constructor(challenges: readonly string[]) {
    super('PF_UNAUTHENTICATED')
    this.name = 'UnauthenticatedError'
    this.challenges = challenges
  }
}

/** Whether a value is an {@link UnauthenticatedError}, of any installed copy. */
export function isUnauthenticated(value: unknown): value is UnauthenticatedError {
  return PfError.is(value, 'PF_UNAUTHENTICATED') && 'challenges' in value
}
