// The seeded fuzz of the server, against the real component.
import { expect, it } from 'vitest'
import { fuzz } from '../../a2a-server/src/suite/fuzz/fuzz'
import { startComponent } from '../src/node'

const isFull = process.env['PF_TEST_FULL'] === '1'

it(
  'a component answers every broken request with a specified error, on both bindings',
  { timeout: isFull ? 2_400_000 : 180_000 },
  async () => {
    await using component = await startComponent(new URL('./apps/suite-open.spin.ts', import.meta.url).pathname)
    const count = isFull ? 20_000 : 250
    const outcome = await fuzz(fetch, component.url, { seed: 20261121, count, parallel: 4 })
    expect(outcome.sent).toBeGreaterThanOrEqual(count)
    expect(outcome.succeeded).toBeGreaterThan(count / 50)
    expect(outcome.statuses[400]).toBeGreaterThan(count / 50)
    expect((await component.fetch('/.well-known/agent-card.json')).status).toBe(200)
  },
)
