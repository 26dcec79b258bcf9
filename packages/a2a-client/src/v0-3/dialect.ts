import {
  A2A_VERSION_0_3,
  A2A_VERSION_HEADER,
  decodeAgentCard,
  isV03Card,
  upgradeV03Card,
  V03_EXTENSIONS_HEADER,
} from '@pf-agents/a2a-protocol'
import type { Dialect } from '../dialect'
import { v03HttpJsonBinding } from './http-json'
import { v03JsonRpcBinding } from './json-rpc'

/** Agents of A2A 0.3, and of 0.2, whose wire is the same. */
export const v03Dialect: Dialect = {
  version: A2A_VERSION_0_3,
  readCard: (json) => (isV03Card(json) ? decodeAgentCard(upgradeV03Card(json)) : undefined),
  binding(chosen, extensions) {
    const headers: Record<string, string> = { [A2A_VERSION_HEADER.toLowerCase()]: A2A_VERSION_0_3 }
    if (extensions.length > 0) headers[V03_EXTENSIONS_HEADER.toLowerCase()] = extensions.join(',')
    return chosen.binding === 'JSONRPC' ? v03JsonRpcBinding(chosen, headers) : v03HttpJsonBinding(chosen, headers)
  },
}
