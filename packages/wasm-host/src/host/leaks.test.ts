import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost } from '../../test/test-host'

beforeAll(prepareTestGuest, 120_000)

const threads = () => readdirSync('/proc/self/task').length
const files = () => readdirSync('/proc/self/fd').length
const listening = () =>
  process
    .getActiveResourcesInfo()
    .filter((name) => /TCPServer|MessagePort|Timeout|TCPSocket/.test(name))
    .sort()

test.runIf(process.platform === 'linux')(
  'a closed host leaves no thread, file, timer or socket',
  async () => {
    const cycle = async () => {
      const host = await startTestHost({ workers: 2 })
      expect(await host.text('/increment?key=count')).toBe('1')
      await host.close()
    }
    // The first one also brings what stays for good: thread pools, loaded modules.
    await cycle()
    await expect.poll(threads).toBeLessThan(60)
    const before = { threads: threads(), files: files(), listening: listening() }
    for (let round = 0; round < 3; round++) await cycle()
    await expect
      .poll(() => ({ threads: threads(), files: files() }), { timeout: 5000 })
      .toEqual({ threads: before.threads, files: before.files })
    expect(listening().length).toBeLessThanOrEqual(before.listening.length)
  },
  60_000,
)

test.runIf(process.platform === 'linux')(
  'many requests leave memory flat',
  async () => {
    const host = await startTestHost()
    const burst = async (count: number) => {
      for (let done = 0; done < count; done += 10)
        await Promise.all(Array.from({ length: 10 }, () => host.text('/echo')))
    }
    const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
    try {
      await burst(200)
      const before = resident()
      await burst(600)
      // An instance is about 10 MB, so all 600 kept were 6 GB; compiled code and the collector's lag are far less.
      await expect.poll(() => resident() - before, { timeout: 10_000 }).toBeLessThan(400)
    } finally {
      await host.close()
    }
  },
  60_000,
)
