import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { createFakeProvider, type FakeProvider, type FakeScript } from '../src/testing'

/** The fake provider behind a real HTTP server on a free port of this machine. */
export async function serveFake(script: FakeScript): Promise<FakeProvider & { url: string; close(): Promise<void> }> {
  const provider = createFakeProvider(script)
  const server = serve({ fetch: provider.handle, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...provider,
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
