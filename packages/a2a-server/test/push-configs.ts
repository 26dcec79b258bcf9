// What tests of push notification configs share.
import { apiKey, bearer } from '@pf-agents/auth'
import { bind, type createMemoryStores, keyValuePort } from '@pf-agents/agent-core'
import type { CallOptions } from '../src/suite/client'

/** A webhook that is never called. */
export const hook = 'https://hooks.example/a2a'
export const secrets = { token: 't0ken-secret', authentication: { scheme: 'Bearer', credentials: 'cred-secret' } }
/** Every name stands for a public address. */
export const resolve = async () => [{ address: '93.184.216.34', family: 4 }]

/** Two callers, and how each is known. */
export const auth = () => [bearer({ accept: { alice: 'alice-token' } }), apiKey({ accept: { bob: 'bob-key' } })]
export const alice: CallOptions = { headers: { authorization: 'Bearer alice-token' } }
export const bob: CallOptions = { headers: { 'x-api-key': 'bob-key' } }

/** What an app logs. */
export function keepLogs() {
  const logs: unknown[] = []
  return { logs, logger: { log: (...line: unknown[]) => void logs.push(line) } }
}

/** Stores of a test, so that it can look into them. */
export function keepIn(stores: ReturnType<typeof createMemoryStores>) {
  return {
    name: 'test-stores',
    targets: ['node'] as const,
    provides: [keyValuePort],
    requires: [],
    optional: [],
    setup: () => ({ ports: [bind(keyValuePort, stores.keyValue)] }),
  }
}
