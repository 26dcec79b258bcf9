import {
  A2A_EXTENSIONS_HEADER,
  A2A_VERSION_0_3,
  A2A_VERSION_HEADER,
  parseVersion,
  V03_EXTENSIONS_HEADER,
} from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'

const header = A2A_VERSION_HEADER.toLowerCase()
const extensionsHeader = V03_EXTENSIONS_HEADER.toLowerCase()
const newExtensionsHeader = A2A_EXTENSIONS_HEADER.toLowerCase()

/** The version a request names, by header or query; empty where it names none. */
function named(request: Request, info: RequestInfo): string {
  const given = info.header(header)?.trim()
  if (given) return given
  const { url } = request
  return (url.includes('?') && new URL(url).searchParams.get(A2A_VERSION_HEADER)?.trim()) || ''
}

/** Whether a request is one of 0.3: it names that, or no version at all (A2A 1.0, 3.6.2). */
export function isV03(request: Request, info: RequestInfo): boolean {
  const version = named(request, info)
  return version === '' || parseVersion(version) === A2A_VERSION_0_3
}

/** The extensions that a request of 0.3 asks for, by either name of the header. */
export function extensionsOf(info: RequestInfo): string | null {
  return info.header(extensionsHeader) ?? info.header(newExtensionsHeader)
}

/** An answer that names the extensions that are turned on, as 0.3 does. */
export function withExtensions(response: Response, extensions: readonly string[]): Response {
  if (extensions.length > 0) response.headers.set(V03_EXTENSIONS_HEADER, extensions.join(', '))
  return response
}

/** Whether a request names 0.3 in so many words. */
export function namesV03(request: Request, info: RequestInfo): boolean {
  return parseVersion(named(request, info)) === A2A_VERSION_0_3
}
