import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWasmHost, type WasmHost, type WasmHostOptions } from '../src/host/create-wasm-host'
import type { GuestLog } from '../src/host/settings'
import { buildGuest, testCache } from './build-guest'
import { testGuest } from './test-guest'

/** A host over the test guest, with its data in a directory of its own and its logs collected. */
export interface TestHost extends WasmHost {
  logs: GuestLog[]
  dataDir: string
  /** GETs a path and reads the text. */
  text(path: string): Promise<string>
  json(path: string): Promise<unknown>
}

/** Builds the test guest if it isn't there yet, which takes longer than a test may. */
export const prepareTestGuest = async (): Promise<void> => void (await buildGuest(testGuest))

export async function startTestHost(options: Partial<WasmHostOptions> = {}): Promise<TestHost> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'pf-wasm-host-')))
  const logs: GuestLog[] = []
  const host = await createWasmHost({
    component: await buildGuest(testGuest),
    name: 'guest',
    workers: 1,
    pool: 1,
    cacheDir: testCache,
    onLog: (log) => logs.push(log),
    ...options,
    dataDir,
  })
  return {
    ...host,
    logs,
    dataDir,
    text: async (path) => (await fetch(host.url + path)).text(),
    json: async (path) => (await fetch(host.url + path)).json(),
    close: async () => {
      await host.close()
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
