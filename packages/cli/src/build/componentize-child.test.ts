// @node24-only: builds a component
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startComponentize } from '../../test/start-componentize'

// The same component for both: there is time for one.
it('gives up once nobody waits for it, where another one makes its component, a user without a home', async () => {
  using left = startComponentize()
  using awaited = startComponentize({ asNobody: true })
  left.child.send(left.request)
  // It works: this is the directory of componentize-js.
  await expect.poll(() => readdirSync(left.directory).length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(1)
  // What a parent leaves that is killed: a channel that is closed.
  left.child.disconnect()
  const home = join(awaited.directory, 'home')
  awaited.child.send({ ...awaited.request, home })
  expect([await left.ended, existsSync(left.request.output)]).toEqual([0, false])
  expect(await awaited.answered).toEqual({ ok: true })
  // It was used, and whoever gets the component does not learn of it.
  expect(existsSync(join(home, '.cache/wasmtime'))).toBe(true)
  for (const file of [awaited.request.output, awaited.request.snapshot])
    expect(readFileSync(file).includes(home)).toBe(false)
}, 300_000)
