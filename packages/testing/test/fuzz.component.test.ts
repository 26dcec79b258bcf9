// The seeded fuzz of the server, against the real component.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { fuzz } from '../../a2a-server/src/suite/fuzz/fuzz'
import { startComponent, type StartedComponent } from '../src/node'

const isFull = process.env['PF_TEST_FULL'] === '1'
/** Of each of the two halves; memory is compared between them. */
const count = isFull ? 50_000 : 300
/** In the short form seeds that soon come to cancel and read what is stored. */
const seeds = isFull ? [20261121, 20261123] : [20261127, 20261129]

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What the host holds once nothing is asked any more, in bytes. */
interface Held {
  heapUsed: number
  rss: number
  instances: number
  perInstance: number
}

async function held({ host }: StartedComponent): Promise<Held> {
  await expect.poll(() => host.stats().live, { timeout: 30_000 }).toBe(0)
  // Workers tell their memory every 25 ms.
  await new Promise((resolve) => setTimeout(resolve, 200))
  collectGarbage()
  const { heapUsed, rss } = process.memoryUsage()
  const { workers } = host.stats()
  const instances = workers.reduce((sum, { live, pooled }) => sum + live + pooled, 0)
  const bytes = workers.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  return { heapUsed, rss, instances, perInstance: bytes / Math.max(instances, 1) }
}

it(
  'a component answers every broken request with a specified error, on both bindings, and its host keeps nothing of them',
  { timeout: isFull ? 5_000_000 : 180_000 },
  async () => {
    await using component = await startComponent(new URL('./apps/suite-open.spin.ts', import.meta.url).pathname)
    const reached = { SendMessage: 0, GetTask: 0, ListTasks: 0, CancelTask: 0 }
    const operations = Object.keys(reached) as (keyof typeof reached)[]
    const after: Held[] = []
    for (const seed of seeds) {
      const outcome = await fuzz(fetch, component.url, { seed, count, parallel: 8 })
      expect(outcome.sent).toBeGreaterThanOrEqual(count)
      expect(outcome.succeeded).toBeGreaterThan(count / 50)
      expect(outcome.statuses[400]).toBeGreaterThan(count / 50)
      for (const operation of operations) reached[operation] += outcome.reached[operation] ?? 0
      after.push(await held(component))
    }
    expect(Math.min(...Object.values(reached))).toBeGreaterThan(isFull ? count / 250 : 0)
    // Not one instance ended badly, and the second half left no more behind than the first.
    expect(component.host.stats()).toMatchObject({ traps: 0, outOfMemory: 0, timeouts: 0, killedWorkers: 0 })
    const [half, end] = after as [Held, Held]
    const megabyte = 2 ** 20
    expect(end.heapUsed - half.heapUsed).toBeLessThan(4 * megabyte)
    expect(end.perInstance).toBeLessThanOrEqual(1.1 * half.perInstance)
    // How many instances stand ready differs by how busy the host was; they have a bound of their own.
    const more = Math.max(0, end.instances - half.instances)
    expect(end.rss - half.rss).toBeLessThan((128 + more * 16) * megabyte)
    expect(end.instances).toBeLessThanOrEqual(component.host.stats().workers.length * 16)
    expect((await component.fetch('/.well-known/agent-card.json')).status).toBe(200)
  },
)
