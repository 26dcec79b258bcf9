import { expect, it } from 'vitest'
import { serve } from '@pf-agents/app/node'
import { createSuiteApp } from '../app'
import { fuzz } from './fuzz'

const isFull = process.env['PF_TEST_FULL'] === '1'
const quiet = { log: () => {} }

it(
  'answers every broken request with a specified error, on both bindings',
  { timeout: isFull ? 1_200_000 : 60_000 },
  async () => {
    const server = await serve(createSuiteApp('open', [], { logger: quiet }), { port: 0 })
    try {
      const count = isFull ? 100_000 : 4_000
      const outcome = await fuzz(fetch, server.url, { seed: 20261120, count })
      expect(outcome.sent).toBeGreaterThanOrEqual(count)
      // Requests that reach the agent, and requests that do not: the generator is of use only with both.
      expect(outcome.succeeded).toBeGreaterThan(count / 50)
      expect(outcome.statuses[400]).toBeGreaterThan(count / 50)
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
      const alive = await fetch(`${server.url}/.well-known/agent-card.json`)
      expect(alive.status).toBe(200)
    } finally {
      await server.close()
    }
  },
)
