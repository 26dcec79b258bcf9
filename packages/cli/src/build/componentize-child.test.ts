// @node24-only: builds a component
import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startComponentize } from '../../test/start-componentize'

it('gives up once nobody waits for it, where another one makes its component', { timeout: 120_000 }, async () => {
  using left = startComponentize()
  using awaited = startComponentize()
  left.child.send(left.request)
  // It works: this is the directory of componentize-js.
  await expect.poll(() => readdirSync(left.directory).length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(1)
  // What a parent leaves that is killed: a channel that is closed.
  left.child.disconnect()
  awaited.child.send(awaited.request)
  expect([await left.ended, existsSync(left.request.output)]).toEqual([0, false])
  expect(await awaited.answered).toEqual({ ok: true })
  expect(existsSync(awaited.request.output)).toBe(true)
})
