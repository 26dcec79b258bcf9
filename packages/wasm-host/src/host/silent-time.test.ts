// @node24-only: Node 22.18 can't tell the processor time of another thread
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { SilentTime } from './silent-time'

const workers: Worker[] = []
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.terminate())))

/** A thread that beats no more once it has said that it runs. */
async function silent(code: string): Promise<SilentTime> {
  const worker = new Worker(
    `require('node:worker_threads').parentPort.postMessage('up'); setTimeout(() => { ${code} })`,
    {
      eval: true,
    },
  )
  workers.push(worker)
  await once(worker, 'message')
  return new SilentTime(worker)
}

const everyMs = 20

/** The longest silence it tells of within so many ticks, or once it is long enough. */
async function longest(time: SilentTime, ticks: number, enough = Infinity): Promise<number> {
  let most = 0
  for (let tick = 0; tick < ticks && most < enough; tick++) {
    time.at(1, everyMs, (silentMs) => (most = Math.max(most, silentMs)))
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  return most
}

test('a thread that does not get to run is silent for no time, however long it takes', async () => {
  const time = await silent('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)')
  expect(await longest(time, 60)).toBeLessThan(300)
})

test('a thread that runs without a beat is silent for as long as it ran', { timeout: 120_000 }, async () => {
  const time = await silent('for (;;);')
  const before = process.cpuUsage()
  expect(await longest(time, 5_000, 500)).toBeGreaterThanOrEqual(500)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1000).toBeGreaterThan(450)
})

test('a beat starts it anew', { timeout: 120_000 }, async () => {
  const time = await silent('for (;;);')
  let most = 0
  for (let beat = 1; beat < 40; beat++) {
    time.at(beat, everyMs, (silentMs) => (most = Math.max(most, silentMs)))
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  expect(most).toBe(0)
})
