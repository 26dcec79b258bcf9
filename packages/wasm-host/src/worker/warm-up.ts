import type { OutboundTransport } from '../outbound/transport'
import { createImports } from '../wasi/imports'
import { GuestRequest } from './guest-request'
import type { InstancePool } from './instance-pool'
import type { RunQueue } from './run-queue'

const LIMIT_MS = 500
const nowhere: OutboundTransport = {
  open() {
    throw { tag: 'HTTP-request-denied' }
  },
}

/**
 * Runs one request in an instance that has no store, no variable, no way out and no log, and drops the answer: the
 * engine compiles a function when it is first called, and this pays for that before a client waits.
 */
export async function warmUp(pool: InstancePool, queue: RunQueue): Promise<void> {
  const request = new GuestRequest(0, () => {})
  const timer = setTimeout(() => request.abort('the warm-up is over'), LIMIT_MS)
  const grants = {
    kv: undefined,
    transport: nowhere,
    stores: new Set<string>(),
    draft: 'draft2',
    variables: {},
  } as const
  const head = {
    method: 'GET',
    scheme: 'http',
    authority: 'warm-up.invalid',
    path: '/.well-known/pf-warm-up',
    headers: [],
  }
  request.body.end()
  await request.run({ type: 'start', id: 0, head, body: undefined, more: false }, 'warm-up', queue, () =>
    pool.take((context) => createImports(context, grants)),
  )
  clearTimeout(timer)
}
