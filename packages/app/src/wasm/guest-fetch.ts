import { PfError } from '@pf-agents/agent-core'

/** What the engine says where the host refuses to begin a call. A call that fails later is a TypeError. */
const refusedByHost = /error occurred while using the host API/i

/** The engine's `fetch`, which says what is the matter where the host does not allow a call. */
export async function guestFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  try {
    return await globalThis.fetch(input, init)
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof TypeError || !refusedByHost.test(cause.message)) throw cause
    // Not the whole URL: a query may hold what should not be in a log.
    const { protocol, host } = new URL(input instanceof Request ? input.url : input)
    const origin = `${protocol}//${host}`
    throw new PfError(
      'PF_OUTBOUND_DENIED',
      `The host of this component does not allow calls to ${origin}. Allow them there: pf up --outbound ${origin}, or allowed_outbound_hosts in spin.toml.`,
      { cause, details: { origin } },
    )
  }
}
