import { createFakeClock, type FakeClock } from '@pf-agents/agent-core/testing'
import type { AuthContext, AuthResult, AuthScheme } from '../src/index'

export interface TestContext extends AuthContext {
  readonly clock: FakeClock
  /** Everything that was logged, as text. */
  readonly logged: string[]
}

/** What an app gives checks, over the network of this machine and a clock that stands still. */
export function testContext(secrets: Record<string, string> = {}, more: Partial<AuthContext> = {}): TestContext {
  const logged: string[] = []
  return {
    secret: (name) => secrets[name],
    fetch: (url, init) => fetch(url, init),
    log: (level, message, fields) => logged.push(JSON.stringify({ level, message, ...fields })),
    logged,
    ...more,
    clock: (more.clock as FakeClock | undefined) ?? createFakeClock(),
  }
}

/** A request with headers. */
export function request(
  headers: Record<string, string> | [string, string][] = {},
  url = 'https://agent.test/',
): Request {
  return new Request(url, { headers })
}

/** Shorthand for a request with a token. */
export const withToken = (token: string): Request => request({ authorization: `Bearer ${token}` })

/** What a scheme makes of a request. */
export async function ask(
  scheme: AuthScheme,
  given: Request,
  context: AuthContext = testContext(),
  remoteAddress?: string,
): Promise<AuthResult> {
  return scheme.authenticate(given, context, { remoteAddress })
}
