import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { serve } from '@pf-agents/app/node'
import { createSuiteApp } from '../app'
import { fuzz } from './fuzz'

const isFull = process.env['PF_TEST_FULL'] === '1'
/** Of each of the two halves; memory is compared between them. */
const count = isFull ? 50_000 : 2_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
async function heapUsed(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return process.memoryUsage().heapUsed
}

it(
  'answers every broken request with a specified error, on both bindings, and keeps nothing of them',
  { timeout: isFull ? 1_200_000 : 180_000 },
  async () => {
    // Stores that are full long before the first half is over: what grows later is a leak.
    const memory = { runStore: { maxTasks: 100 }, conversation: { maxContexts: 100 }, keyValue: { maxKeys: 100 } }
    const server = await serve(createSuiteApp('open', [], { logger: { log: () => {} }, memory }), { port: 0 })
    try {
      const heaps: number[] = []
      for (const seed of [20261120, 20261122]) {
        const outcome = await fuzz(fetch, server.url, { seed, count })
        expect(outcome.sent).toBeGreaterThanOrEqual(count)
        // Requests that reach the agent, and requests that do not: the generator is of use only with both.
        expect(outcome.succeeded).toBeGreaterThan(count / 50)
        expect(outcome.statuses[400]).toBeGreaterThan(count / 50)
        const { SendMessage = 0, GetTask = 0, ListTasks = 0, CancelTask = 0 } = outcome.reached
        expect(Math.min(SendMessage, GetTask, ListTasks, CancelTask)).toBeGreaterThan(count / 500)
        heaps.push(await heapUsed())
      }
      // Bytes that the second half added.
      const [half = 0, end = Infinity] = heaps
      expect(end - half).toBeLessThan(4 * 2 ** 20)
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
      const alive = await fetch(`${server.url}/.well-known/agent-card.json`)
      expect(alive.status).toBe(200)
    } finally {
      await server.close()
    }
  },
)
