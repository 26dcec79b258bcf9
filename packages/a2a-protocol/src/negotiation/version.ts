import { A2AError } from '../error/a2a-error'

/** The wire version this SDK speaks: Major.Minor only (§3.6). */
export const A2A_VERSION = '1.0'

/** Request header, or query parameter, that names the version (§3.6.1). */
export const A2A_VERSION_HEADER = 'A2A-Version'

/** `Major.Minor` of a version, patch left off; `undefined` for anything else. */
export function parseVersion(text: string): string | undefined {
  const match = /^(\d{1,4})\.(\d{1,4})(?:\.\d+)?$/.exec(text.trim())
  return match ? `${Number(match[1])}.${Number(match[2])}` : undefined
}

/** Whether two versions are the same as far as the wire goes (§3.6). */
export function sameVersion(one: string, other: string): boolean {
  const version = parseVersion(one)
  return version !== undefined && version === parseVersion(other)
}

/**
 * The version a request is to be understood in (§3.6.2): the header, else the query parameter; missing or empty means 0.3.
 *
 * @param supported - versions the interface speaks; default 1.0 alone
 * @throws A2AError `VersionNotSupportedError`
 */
export function negotiateVersion(
  header: string | null | undefined,
  query?: string | null,
  supported: readonly string[] = [A2A_VERSION],
): string {
  const asked = header?.trim() || query?.trim() || '0.3'
  const version = parseVersion(asked)
  if (version === undefined || !supported.includes(version)) {
    throw new A2AError('VersionNotSupportedError', { metadata: { supported: supported.join(',') } })
  }
  return version
}
