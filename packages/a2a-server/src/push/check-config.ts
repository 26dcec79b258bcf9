import { A2AError, type FieldViolation, type TaskPushNotificationConfig } from '@pf-agents/a2a-protocol'
import { PfError } from '@pf-agents/agent-core'
import { isHeaderName } from '@pf-agents/http-kit'
import type { OutboundGuard } from '@pf-agents/http-kit/node'
import { isNoSuchName } from './name-resolver'

const maxUrlLength = 2_048
const maxIdLength = 256
/** Characters of a token or of credentials. */
const maxSecretLength = 4_096
/** Milliseconds that the look at a name's addresses may take: delivery looks again. */
const resolveMs = 2_000

/** What an address may not have in it as it was written: parsers drop some of it in silence. */
// oxlint-disable-next-line no-control-regex -- they are what this is about
const unprintable = /[\u0000-\u0020\u007f-\u009f]/
/**
 * Names that stand for this machine or for one of an inner network, whatever they resolve to: without a dot, or by their end
 * (RFC 6761, RFC 6762 with appendix G, RFC 8375, and what clouds and clusters use).
 */
const innerName =
  /^[^.:]+\.?$|\.(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|svc|home\.arpa)\.?$/

/** Printable ASCII without a space at either end: what every HTTP implementation takes as the value of a header. */
const headerText = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/** Which addresses a config may have. */
export interface AddressRules {
  readonly guard: OutboundGuard
  /** Whether `allow` names this very address, so that it may be called whatever its name stands for. */
  isAllowed(address: URL): boolean
  /** Whether the options name this very address, so that it may have the name of an inner network. */
  isNamed(address: URL): boolean
}

/** A config without what is at its default: in proto3, and so in A2A, an empty text says as much as none. */
export function withoutEmpty<T extends TaskPushNotificationConfig>(config: T): T {
  const plain: TaskPushNotificationConfig = { ...config }
  for (const name of ['tenant', 'id', 'taskId', 'token'] as const) if (plain[name] === '') delete plain[name]
  if (plain.authentication?.credentials === '') plain.authentication = { scheme: plain.authentication.scheme }
  return plain as T
}

/**
 * Checks everything about a config that can be told from itself.
 * @returns the address
 * @throws A2AError InvalidParamsError. It repeats nothing of what was given.
 */
export function checkConfig(config: TaskPushNotificationConfig, { guard, isNamed }: AddressRules, field = ''): URL {
  const violations: FieldViolation[] = []
  const violate = (name: string, description: string) => violations.push({ field: field + name, description })
  const { id, url, token, authentication } = config
  if (id !== undefined && id.length > maxIdLength) violate('id', `has more than ${maxIdLength} characters`)
  if (token !== undefined) checkText('token', token, violate)
  if (authentication !== undefined) {
    const { scheme, credentials } = authentication
    if (!isHeaderName(scheme) || scheme.length > 64)
      violate('authentication.scheme', 'is no HTTP authentication scheme')
    if (credentials !== undefined) checkText('authentication.credentials', credentials, violate)
  }
  const address = url.length > maxUrlLength || unprintable.test(url) ? undefined : parsed(url)
  if (address === undefined)
    violate(
      'url',
      `is not an absolute URL of at most ${maxUrlLength} characters, without spaces and control characters`,
    )
  else if (!passes(() => guard.check(address)) || (innerName.test(address.hostname) && !isNamed(address)))
    violate('url', refusal)
  if (violations.length > 0 || address === undefined) throw new A2AError('InvalidParamsError', { violations })
  return address
}

/**
 * Looks what the name of an address stands for. One that stands for an address that may not be called is refused, in the same
 * words as one that stands for none: otherwise a caller could ask which names there are in an inner network. A name that
 * can't be looked up now passes: it is looked at again, and pinned, at every delivery.
 *
 * @param onRefused - gets the reason, for the log alone
 * @throws A2AError InvalidParamsError
 */
export async function checkAddress(
  address: URL,
  { guard, isAllowed }: AddressRules,
  onRefused: (reason: string) => void,
  field = '',
): Promise<void> {
  // Neither is there anything to look for, nor does it tell anything to take them all.
  if (isAllowed(address)) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, resolveMs)
  })
  const look = guard.resolve(address).then(
    () => {},
    (error: unknown) => {
      const reason = refusalOf(error)
      if (reason === undefined) return
      onRefused(reason)
      throw refused(field)
    },
  )
  // Where the look is late, what it comes to is nobody's business any more.
  look.catch(() => {})
  try {
    await Promise.race([look, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Not which rule it was, nor which address: a caller could map an internal network with it. */
const refusal = 'is an address that this agent does not call'
const nameRefusal = `${refusal}: its name must be known, and stand for public addresses only`

function refused(field: string): A2AError {
  return new A2AError('InvalidParamsError', { violations: [{ field: `${field}url`, description: nameRefusal }] })
}

/** Why an address may not be called; `undefined` where the look at its name only did not succeed. */
function refusalOf(error: unknown): string | undefined {
  if (PfError.is(error, 'PF_OUTBOUND_DENIED')) return error.cause instanceof Error ? error.cause.message : error.message
  return isNoSuchName(error) ? 'there is no such name' : undefined
}

function checkText(name: string, value: string, violate: (name: string, description: string) => void): void {
  if (value.length > maxSecretLength) violate(name, `has more than ${maxSecretLength} characters`)
  else if (!headerText.test(value)) violate(name, 'has characters that a header can not carry')
}

function passes(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (PfError.is(error, 'PF_OUTBOUND_DENIED')) return false
    throw error
  }
}

function parsed(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}
