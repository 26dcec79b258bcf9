// @node24-only: builds a component
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startComponentize } from '../../test/start-componentize'
import { BuildCache } from './build-cache'
import { engineKey, makeComponent } from './componentize'
import { componentOf, type EngineKit, unpackKit } from './engine-kit'
import { worldWit } from './wit'

const engineDir = join(process.cwd(), 'node_modules/.cache/pf-agents/engines')
const wit = worldWit([])
const code = "export const discovery = { configureAgent: () => '' }\n"

/** The kit of the world without imports: made now, or kept by another build. */
async function keptKit(): Promise<EngineKit> {
  await makeComponent({ code, map: '', wit, engineDir })
  const { bytes } = await new BuildCache(engineDir).load(engineKey(wit), () => Promise.reject(new Error('No kit.')))
  return unpackKit(bytes) as EngineKit
}

// The same component for both: there is time for one.
it('gives up once nobody waits for it, where another one makes its component, a user without a home', async () => {
  const kit = await keptKit()
  using left = startComponentize()
  using awaited = startComponentize({ code, wit, asNobody: true })
  left.child.send(left.request)
  // It works: this is the directory of componentize-js.
  await expect.poll(() => readdirSync(left.directory).length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(1)
  // What a parent leaves that is killed: a channel that is closed.
  left.child.disconnect()
  const { request } = awaited
  const home = join(awaited.directory, 'home')
  writeFileSync(request.engine, kit.engine)
  writeFileSync(request.bindings, kit.bindings)
  awaited.child.send({ ...request, home, engineGiven: true })
  expect([await left.ended, existsSync(left.request.output)]).toEqual([0, false])
  expect(await awaited.answered).toEqual({ ok: true })
  // It was used, and whoever gets the component does not learn of it.
  expect(existsSync(join(home, '.cache/wasmtime'))).toBe(true)
  const snapshot = readFileSync(request.snapshot)
  const component = Buffer.from(componentOf(kit, snapshot) as Uint8Array)
  expect([snapshot.includes(home), component.includes(home)]).toEqual([false, false])
}, 300_000)
