import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeLock } from './build-lock'

let folder: string
let lock: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pf-lock-'))
  lock = join(folder, 'a.lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function heldBy(pid: number, host = hostname()): string {
  mkdirSync(lock)
  const holder = join(lock, `${pid}@${host.replace(/[^\w.-]/g, '_')}@1`)
  writeFileSync(holder, '')
  return holder
}

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid

it('takes over at once from a process that is dead', async () => {
  heldBy(deadPid())
  let waited = 0
  const unlock = await takeLock(lock, { onWait: () => waited++ })
  expect(waited).toBe(0)
  await unlock()
  expect(readdirSync(folder)).toEqual([])
})

it('waits for one that is alive, says so once, and stops when it is told to', async () => {
  heldBy(process.pid)
  const stop = new AbortController()
  let waited = 0
  const taken = takeLock(lock, {
    onWait() {
      waited++
      setTimeout(() => stop.abort(), 250)
    },
    signal: stop.signal,
  })
  await expect(taken).rejects.toMatchObject({ code: 'PF_BUILD_FAILED', message: 'The build was stopped.' })
  expect(waited).toBe(1)
  expect(readdirSync(lock)).toHaveLength(1)
})

it('can not ask a process of another machine, and takes over once it held the lock for long', async () => {
  const holder = heldBy(deadPid(), 'another-machine')
  const stop = new AbortController()
  const waiting = takeLock(lock, { onWait: () => stop.abort(), signal: stop.signal })
  await expect(waiting).rejects.toThrow('stopped')
  utimesSync(holder, new Date(0), new Date(0))
  await (
    await takeLock(lock)
  )()
  expect(readdirSync(folder)).toEqual([])
})

it('removes its own lock only', async () => {
  const unlock = await takeLock(lock)
  // Another took it over.
  rmSync(lock, { recursive: true })
  const holder = heldBy(process.pid)
  await unlock()
  expect(readdirSync(lock).map((name) => join(lock, name))).toEqual([holder])
})

it('has one holder at a time, however many take over from a dead one', async () => {
  heldBy(deadPid())
  let holders = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const unlock = await takeLock(lock)
      most = Math.max(most, ++holders)
      await new Promise((resolve) => setTimeout(resolve, 1))
      holders--
      await unlock()
    }),
  )
  expect(most).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})
