import { checkOutbound } from '../agent/outbound'
import { httpClientPort } from '../port/services'
import { linkSignals } from './link-signals'
import type { Run } from './run'

/** Fetches on behalf of a run: only what the agent said it needs, no redirects, and no longer than the run. */
export async function guardedFetch(run: Run, input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const request = input instanceof Request ? input : undefined
  checkOutbound(run.host.agent.needs?.outbound ?? [], request?.url ?? (input as string | URL))
  const client = run.services.ports.find(httpClientPort) ?? globalThis
  const { signal, unlink } = linkSignals(run.abort.signal, init.signal ?? request?.signal)
  // A redirect is the caller's to follow: its target has to pass the same check.
  const redirect = (init.redirect ?? request?.redirect) === 'error' ? 'error' : 'manual'
  try {
    const response = await client.fetch(input, { ...init, redirect, signal })
    // The body is read later, and ends with the same signals.
    if (response.body === null) unlink()
    else run.onClose(unlink)
    return response
  } catch (error) {
    unlink()
    throw error
  }
}
