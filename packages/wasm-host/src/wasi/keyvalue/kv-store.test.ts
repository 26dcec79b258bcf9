import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DatabaseSync } from 'node:sqlite'
import { hostname } from 'node:os'
import { KvStore } from './kv-store'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pf-kv-'))
  file = join(directory, 'kv.sqlite')
})
afterEach(() => rmSync(directory, { recursive: true }))

const bytes = (text: string) => new TextEncoder().encode(text)

describe('leases', () => {
  test('those an instance was the last to set go with it, in every bucket', () => {
    const store = new KvStore(file)
    store.set('one', 'lease/a', bytes('1'), 'run/1')
    store.set('two', 'lease/b', bytes('1'), 'run/1')
    store.compareAndSet('one', 'lease/c', undefined, bytes('1'), 'run/1')
    store.set('one', 'task/a', bytes('1'), 'run/1')
    store.set('one', 'lease/taken', bytes('1'), 'run/1')
    store.set('one', 'lease/taken', bytes('2'), 'run/2')
    store.set('one', 'lease/back', bytes('1'), 'run/1')
    store.delete('one', 'lease/back')
    store.set('one', 'lease/back', bytes('2'), 'run/3')
    expect(store.forget('run/1')).toBe(3)
    expect(store.keys('one', undefined, 10)).toEqual(['lease/back', 'lease/taken', 'task/a'])
    expect(store.keys('two', undefined, 10)).toEqual([])
    store.close()
  })

  test('those of a host that was killed go when the next one starts', () => {
    const store = new KvStore(file)
    const dead = spawnSync(process.execPath, ['-e', '']).pid as number
    const raw = new DatabaseSync(file)
    raw.prepare('INSERT INTO runs (run, machine, pid) VALUES (?, ?, ?)').run('killed', hostname(), dead)
    raw.prepare('INSERT INTO runs (run, machine, pid) VALUES (?, ?, ?)').run('reborn', hostname(), process.pid)
    raw.prepare('INSERT INTO runs (run, machine, pid) VALUES (?, ?, ?)').run('alive', hostname(), process.ppid)
    raw.prepare('INSERT INTO runs (run, machine, pid) VALUES (?, ?, ?)').run('elsewhere', 'another-machine', dead)
    raw.close()
    for (const run of ['killed', 'reborn', 'alive', 'elsewhere']) store.set('b', `lease/${run}`, bytes('1'), `${run}/1`)
    store.beginRun('next')
    expect(store.keys('b', undefined, 10)).toEqual(['lease/alive', 'lease/elsewhere'])
    store.set('b', 'lease/next', bytes('1'), 'next/1')
    store.beginRun('same-process')
    expect(store.keys('b', undefined, 10)).toContain('lease/next')
    store.close()
  })
})

test.runIf(existsSync('/proc/self/stat'))('a killed host whose parent has not asked for it yet is dead', async () => {
  const store = new KvStore(file)
  // `exec` leaves the child to a program that never waits for it: it has to be there by the time the child ends, for the
  // shell would see to it.
  const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const zombie = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
    await expect.poll(() => readFileSync(`/proc/${zombie}/stat`, 'latin1'), { timeout: 30_000 }).toContain(') Z ')
    const raw = new DatabaseSync(file)
    raw.prepare('INSERT INTO runs (run, machine, pid) VALUES (?, ?, ?)').run('zombie', hostname(), zombie)
    raw.prepare('INSERT INTO runs (run, machine, pid) VALUES (?, ?, ?)').run('alive', hostname(), parent.pid as number)
    raw.close()
    for (const run of ['zombie', 'alive']) store.set('b', `lease/${run}`, bytes('1'), `${run}/1`)
    store.beginRun('next')
    expect(store.keys('b', undefined, 10)).toEqual(['lease/alive'])
  } finally {
    parent.kill('SIGKILL')
    store.close()
  }
})

test('compare-and-set writes only from the value that was seen, or from nothing', () => {
  const store = new KvStore(file)
  expect(store.compareAndSet('b', 'k', bytes('0'), bytes('1'), 'o')).toBe(false)
  expect(store.compareAndSet('b', 'k', undefined, bytes('1'), 'o')).toBe(true)
  expect(store.compareAndSet('b', 'k', undefined, bytes('2'), 'o')).toBe(false)
  expect(store.compareAndSet('b', 'k', bytes('1'), bytes('2'), 'o')).toBe(true)
  expect(store.get('b', 'k')).toEqual(bytes('2'))
  store.close()
})

test('a transaction that fails leaves nothing', () => {
  const store = new KvStore(file)
  expect(() =>
    store.transaction(() => {
      store.set('b', 'k', bytes('1'), 'o')
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(store.get('b', 'k')).toBeUndefined()
  store.close()
})

test('a file of a newer layout is refused', () => {
  const raw = new DatabaseSync(file)
  raw.exec('PRAGMA user_version = 99')
  raw.close()
  expect(() => new KvStore(file)).toThrow('newer version')
})

test('what is no store, or can not be opened, is named with what to do', () => {
  writeFileSync(file, 'no database at all, whatever the name of the file says')
  const told = (message: string) => expect.objectContaining({ code: 'PF_STORE_UNAVAILABLE', message }) as Error
  expect(() => new KvStore(file)).toThrow(
    told(
      `The key-value data ${file} can not be used: file is not a database. Put a good copy in its place, or move it away to begin with empty stores.`,
    ),
  )
  const folder = join(directory, 'folder')
  mkdirSync(folder)
  expect(() => new KvStore(folder)).toThrow(
    told(
      `The key-value data ${folder} can not be used: unable to open database file. This user must be able to read and write it, and the directory it is in.`,
    ),
  )
})
