import type { App } from '@pf-agents/app'
import { Peer } from '../src/suite/case'
import { type Binding, jsonRpc } from '../src/suite/client'

/** Calls an app without a network between; `path` is that of a tenant. */
export function peerOf(app: Pick<App, 'fetch'>, binding: Binding = jsonRpc, path = ''): Peer {
  return new Peer(async (input, init) => app.fetch(new Request(input, init)), `http://agent.test${path}`, binding)
}
