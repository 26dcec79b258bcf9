// Real processes, started as `pf dev` starts them.
import cluster, { type Worker } from 'node:cluster'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DevWorkers } from './dev-workers'

const slow = { timeout: 120_000 }
const noSignal = new AbortController().signal
let folder: string
let workers: DevWorkers
let notes: string[]
/** One that is disconnected is no more in the list of cluster. */
const started = new Set<Worker>()
cluster.on('fork', (worker) => started.add(worker))
let options: ConstructorParameters<typeof DevWorkers>[0]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pf-workers-'))
  notes = []
  options = { inspectPort: undefined, env: {}, note: (line) => void notes.push(line) }
  workers = new DevWorkers(options)
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(
    [...started].map(async (worker) => {
      if (worker.isDead()) return
      const ended = new Promise((resolve) => worker.process.once('exit', resolve))
      worker.process.kill('SIGKILL')
      await ended
    }),
  )
  started.clear()
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, code: string): string {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, code)
  return path
}

/** Answers with its name; begins to at `/slow`, and ends it when it is told to. Goes on until it is ended. */
const server = (name: string) =>
  file(
    name,
    `import { createServer } from 'node:http'
createServer((request, response) => {
  if (request.url !== '/slow') return response.end('${name}')
  response.write('begun by ')
  process.on('message', (message) => message === 'go' && response.end('${name}'))
}).listen(0, '127.0.0.1')
setInterval(() => {}, 1_000)`,
  )
const hangs = () => file('hangs', 'setInterval(() => {}, 1_000); await new Promise(() => {})')
const loops = () => file('loops', 'for (;;);')

/** The text of an answer. `onText` is called with each piece of it. */
function ask(path: string, onText?: (piece: string) => void): Promise<string> {
  const url = /http:\S+/.exec(notes.join('\n'))?.[0]
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
        onText?.(piece)
      })
      response.once('end', () => resolve(text)).once('error', reject)
    })
      .once('error', reject)
      .end()
  })
}

it.each([hangs, loops])('a version that %o is given up, and the one before goes on', slow, async (bad) => {
  expect(await workers.replace(server('one'), noSignal)).toBe(true)
  options.startLimitMs = 100
  expect(await workers.replace(bad(), noSignal)).toBe(false)
  expect(notes.at(-1)).toBe('The new version did not listen within 0.1 s, and was ended. The one before goes on.')
  expect(await ask('/')).toBe('one')
  delete options.startLimitMs
  expect(await workers.replace(server('two'), noSignal)).toBe(true)
  expect(await ask('/')).toBe('two')
})

it.each([hangs, loops])('a version that %o ends for a newer one, without a word', slow, async (bad) => {
  const newer = new AbortController()
  const starting = workers.replace(bad(), newer.signal)
  newer.abort()
  expect([await starting, notes]).toEqual([false, []])
  expect(await workers.replace(server('two'), noSignal)).toBe(true)
  expect(await ask('/')).toBe('two')
})

it('a version that does not serve yet is not waited for at the end', slow, async () => {
  const starting = workers.replace(loops(), noSignal)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const closed = workers.close()
  vi.advanceTimersByTime(1)
  await closed
  expect([await starting, notes]).toEqual([false, []])
})

it('a replaced version answers what it has begun, for a minute, and ends then whatever it has left', slow, async () => {
  expect(await workers.replace(server('one'), noSignal)).toBe(true)
  const [old] = Object.values(cluster.workers ?? {})
  let answer: Promise<string> | undefined
  await new Promise<void>((begun) => (answer = ask('/slow', () => begun())))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  expect(await workers.replace(server('two'), noSignal)).toBe(true)
  expect(await ask('/')).toBe('two')
  vi.advanceTimersByTime(59_000)
  old?.send('go')
  expect(await answer).toBe('begun by one')
  // Its interval would keep it alive.
  const ended = new Promise<string>((resolve) => old?.once('exit', (_code, signal) => resolve(signal)))
  await new Promise<void>((resolve) => (old?.isConnected() ? old.once('disconnect', resolve) : resolve()))
  vi.advanceTimersByTime(3_000)
  expect(await ended).toBe('SIGKILL')
})

it('a replaced version that does not answer is ended after a minute', slow, async () => {
  expect(await workers.replace(server('one'), noSignal)).toBe(true)
  let answer: Promise<string> | undefined
  await new Promise<void>((begun) => (answer = ask('/slow', () => begun())))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const cut = answer?.then(
    (text) => `answered ${text}`,
    () => 'cut off',
  )
  expect(await workers.replace(server('two'), noSignal)).toBe(true)
  vi.advanceTimersByTime(60_000)
  expect(await cut).toBe('cut off')
})
