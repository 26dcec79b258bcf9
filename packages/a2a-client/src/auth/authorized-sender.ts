import type { AgentCard } from '@pf-agents/a2a-protocol'
import { discard, raceAbort } from '@pf-agents/http-kit'
import type { Sender } from '../transport/exchange'
import type { WireRequest } from '../transport/wire'
import type { Authorization, CredentialProvider } from './credentials'

/**
 * A sender that adds the credentials the agent's card asks for. Where they are refused with 401, nothing was done with the
 * request, whatever it was: it is sent once more with other ones, if there are any.
 *
 * @param card - the card the request goes by; `undefined` as long as there is none
 */
export function createAuthorizedSender(
  send: Sender,
  credentials: CredentialProvider,
  card: () => AgentCard | undefined,
): Sender {
  return async (request, terms, fetch) => {
    const known = request.operation === 'card' ? undefined : card()
    if (known === undefined) return send(request, terms, fetch)
    const { url } = request
    const { signal } = terms
    const find = (rejected?: Authorization) =>
      raceAbort(credentials.authorize({ card: known, url, rejected, signal }), signal)
    const first = await find()
    if (first === undefined) return send(request, terms, fetch)
    const response = await send(authorized(request, first), terms, fetch)
    if (response.status !== 401) return response
    const second = await find(first)
    if (second === undefined) return response
    discard(response)
    return send(authorized(request, second), terms, fetch)
  }
}

function authorized(request: WireRequest, { headers, query }: Authorization): WireRequest {
  const url = new URL(request.url)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const isSame = Object.keys(query).length === 0
  return { ...request, url: isSame ? request.url : url.href, headers: { ...request.headers, ...headers } }
}
