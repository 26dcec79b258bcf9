/** Why a credential is not good. */
export interface Refusal {
  /** What the caller is told (RFC 6750, 3.1). */
  readonly error: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
  /** For the log: one word or two, never part of the credential. */
  readonly reason: string
  /** What the caller is told beside it, where that gives nothing away. */
  readonly description?: string
}

/** A credential that was looked at and is not good. */
export function refuse(reason: string, description?: string): { refused: Refusal } {
  return { refused: { error: 'invalid_token', reason, ...(description !== undefined && { description }) } }
}

/** A credential that is not even well formed, such as one that comes twice. */
export function malformed(reason: string): { refused: Refusal } {
  return { refused: { error: 'invalid_request', reason } }
}
