// What becomes of tasks when the component that runs them comes and goes: each request is a new instance, and state is
// only what the host's key-value store holds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import type { Task } from '@pf-agents/agent-core'
import { startComponent, type StartedComponent, type StartComponentOptions } from '../src/node'

const entry = new URL('./apps/lifecycle.spin.ts', import.meta.url).pathname
let data: string
let component: StartedComponent
const start = (options: StartComponentOptions = {}) =>
  startComponent(entry, { dataDir: data, workers: 2, busyLimitMs: 3_000, ...options })
const client = () => createA2AClient({ url: component.url })

/** Sends a text and hands back its task. */
async function send(text: string, more: { contextId?: string } = {}): Promise<Task> {
  const answer = await client().sendMessage({ message: { ...userMessage(text), ...more } })
  if (!('task' in answer)) throw new Error(`"${text}" became no task`)
  return answer.task
}

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'pf-lifecycle-'))
  component = await start()
}, 120_000)
afterAll(async () => {
  await component?.close()
  rmSync(data, { recursive: true, force: true })
})

it('a task made by one request is read by the next, and by a host started later', async () => {
  const task = await send('done')
  const { id } = task
  expect(task.status.state).toBe('completed')
  expect(await client().getTask({ id })).toEqual(task)
  await component.close()
  component = await start()
  expect(await client().getTask({ id })).toEqual(task)
  expect((await client().listTasks()).tasks.map((one) => one.id)).toContain(id)
})

it('state of a context goes from request to request', async () => {
  const counts: unknown[] = []
  for (let index = 0; index < 3; index++) {
    const { artifacts } = await send('count', { contextId: 'counting' })
    counts.push(artifacts?.[0]?.parts[0]?.data)
  }
  expect(counts).toEqual([1, 2, 3])
})

/** What a message is answered with, on either binding. */
async function post(binding: string, text: string, contextId: string) {
  const params = { message: { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text }], contextId } }
  const rpc = binding === 'JSON-RPC'
  const response = await component.fetch(rpc ? '/' : '/message:send', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
    body: JSON.stringify(rpc ? { jsonrpc: '2.0', id: 1, method: 'SendMessage', params } : params),
  })
  const body = await response.text()
  const added = /"data":(\d+)/.exec(body)?.[1]
  return { status: response.status, retryAfter: response.headers.get('retry-after'), added: Number(added) }
}

it.each(['JSON-RPC', 'HTTP+JSON'])(
  'requests that come at once add up: one at a time works in a context (%s)',
  async (binding) => {
    const contextId = crypto.randomUUID()
    const added: number[] = []
    let refused = 0
    // Each comes again until it is taken, as clients do.
    const addOne = async (): Promise<void> => {
      for (let tries = 0; tries < 200; tries++) {
        const answer = await post(binding, 'add slowly', contextId)
        if (answer.status === 200) {
          added.push(answer.added)
          return
        }
        expect([answer.status, answer.retryAfter]).toEqual([429, '1'])
        refused++
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error('the context was busy all the time')
    }
    await Promise.all([addOne(), addOne(), addOne()])
    expect(added).toEqual([1, 2, 3])
    expect(refused).toBeGreaterThan(0)
  },
)

it.each(['throw', 'ask', 'done', 'add slowly'])('a context is free when a run in it has ended ("%s")', async (text) => {
  const contextId = crypto.randomUUID()
  expect((await post('JSON-RPC', text, contextId)).status).toBe(200)
  expect((await post('HTTP+JSON', 'done', contextId)).status).toBe(200)
  const file = new DatabaseSync(join(data, 'keyvalue.sqlite'), { readOnly: true })
  expect(file.prepare("SELECT key FROM entries WHERE key LIKE 'lease/%'").all()).toEqual([])
  file.close()
})

/** How the one task of a context stands. */
const stateOf = async (contextId: string) => (await client().listTasks({ contextId })).tasks[0]?.status.state

it('a guest killed in the middle of a run: its caller is told, and the next GetTask says failed', async () => {
  const contextId = crypto.randomUUID()
  const killed = component.host.stats().killedWorkers
  await expect(send('loop', { contextId })).rejects.toThrow('504')
  await expect.poll(() => stateOf(contextId), { timeout: 5_000, interval: 100 }).toBe('failed')
  const [task] = (await client().listTasks({ contextId })).tasks
  const { status } = await client().getTask({ id: task?.id ?? '' })
  expect(JSON.stringify(status)).toContain('PF_RUN_LOST')
  expect(component.host.stats().killedWorkers).toBe(killed + 1)
  // Its turn has ended with it, and its neighbours are served as before.
  expect((await send('done', { contextId })).status.state).toBe('completed')
  expect((await send('still here')).status.state).toBe('completed')
})

/** The code that a failed task carries. */
const reasonOf = ({ status }: Task) =>
  (status.message?.metadata?.['urn:pf-agents:error'] as { code: string } | undefined)?.code

it.each(['bomb', 'array bomb', 'text bomb'])(
  'a run that takes all memory ("%s") fails with that as its reason',
  async (text) => {
    const { killedWorkers, outOfMemory } = component.host.stats()
    const contextId = crypto.randomUUID()
    const [outcome] = await Promise.allSettled([send(text, { contextId })])
    await expect.poll(() => stateOf(contextId), { timeout: 5_000, interval: 100 }).toBe('failed')
    const id = (await client().listTasks({ contextId })).tasks[0]?.id ?? ''
    const task = await client().getTask({ id })
    // What the run held is garbage once it has thrown; whether the engine finds it in time to write the end of the task down
    // is its own affair. Where it doesn't, the host answers, and the lease ends the task.
    if (outcome.status === 'fulfilled') {
      expect(outcome.value).toEqual(task)
      expect(reasonOf(task)).toBe('PF_GUEST_MEMORY')
    } else {
      expect(String(outcome.reason)).toContain('507')
      expect(['PF_GUEST_MEMORY', 'PF_RUN_LOST']).toContain(reasonOf(task))
    }
    // Nobody else was hurt.
    expect(component.host.stats()).toMatchObject({ killedWorkers, outOfMemory: outOfMemory + 1 })
    expect((await send('still here')).status.state).toBe('completed')
  },
)

it('a handler that throws is logged with its message, its cause and where it was', async () => {
  const before = component.logs.length
  const task = await send('throw')
  expect(task.status.state).toBe('failed')
  expect(JSON.stringify(task)).not.toContain('lost city')
  const lines = component.logs.slice(before).map(({ line }) => JSON.parse(line) as { message: string; error: string })
  const { error = '' } = lines.find(({ message }) => message === 'A handler threw.') ?? {}
  expect(error).toMatch(/^TypeError: the lost city\n {4}at /)
  expect(error).toMatch(/\nCaused by: Error: no map\n {4}at /)
})

it('a cancel from a second request ends the first within two seconds', async () => {
  const contextId = crypto.randomUUID()
  const first = send('wait', { contextId })
  await expect.poll(() => stateOf(contextId), { timeout: 5_000, interval: 50 }).toBe('working')
  const id = (await client().listTasks({ contextId })).tasks[0]?.id ?? ''

  const canceledAt = performance.now()
  expect((await client().cancelTask({ id })).status.state).toBe('canceled')
  expect((await first).status.state).toBe('canceled')
  expect(performance.now() - canceledAt).toBeLessThan(2_000)
  expect((await client().getTask({ id })).status.state).toBe('canceled')
})
