import { type A2AClient, createA2AClient } from '@pf-agents/a2a-client'
import { options } from './options'
import { headersOf } from './run-options'

const clients = new Map<string, A2AClient>()

/** A client of the same agent over A2A. */
export function a2aClient(root: string): A2AClient {
  const url = new URL(root, window.location.href).href
  let client = clients.get(url)
  if (client === undefined) {
    client = createA2AClient({
      url,
      // A card may name any host; what somebody wrote here is for this one.
      headers: ({ url: target }) =>
        new URL(target).origin === window.location.origin ? headersOf(options.value.headers) : {},
    })
    clients.set(url, client)
  }
  return client
}
