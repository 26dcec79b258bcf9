import { PfError } from '@pf-agents/agent-core'

/** The caller did not prove who it is; `challenges` say how it could. */
export class UnauthenticatedError extends PfError<'PF_UNAUTHENTICATED'> {
  /** Values of `WWW-Authenticate`. */
  readonly challenges: readonly string[]

  constructor(challenges: readonly string[]) {
    super(
      'PF_UNAUTHENTICATED',
      'The caller did not prove who it is. Send credentials for a scheme that the agent card declares.',
    )
    this.name = 'UnauthenticatedError'
    this.challenges = challenges
  }
}

/** The caller proved who it is, and may not do this; `challenges` name the scopes it lacks. */
export class ForbiddenError extends PfError<'PF_FORBIDDEN'> {
  /** Values of `WWW-Authenticate`. */
  readonly challenges: readonly string[]

  constructor(scopes: readonly string[], challenges: readonly string[]) {
    super('PF_FORBIDDEN', `The caller lacks a scope that is needed: ${scopes.join(', ')}.`, {
      details: { scopes: scopes.join(' ') },
    })
    this.name = 'ForbiddenError'
    this.challenges = challenges
  }
}

/** The values of `WWW-Authenticate` that belong to an error, of any installed copy; none where it is another error. */
export function challengesOf(error: unknown): readonly string[] {
  const isAbout = PfError.is(error, 'PF_UNAUTHENTICATED') || PfError.is(error, 'PF_FORBIDDEN')
  if (!isAbout || !('challenges' in error)) return []
  return Array.isArray(error.challenges) ? (error.challenges as string[]) : []
}
