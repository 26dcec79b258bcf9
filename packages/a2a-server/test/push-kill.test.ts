import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeStreamResponse } from '@pf-agents/a2a-protocol'
import { applyEvent, type Task } from '@pf-agents/agent-core'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Received, startWebhook } from './webhook'

const isFull = process.env['PF_TEST_FULL'] === '1'
/** Behind how many deliveries, of all servers together, each server is killed. */
const killsAt = isFull ? Array.from({ length: 24 }, (_, kill) => 4 + 23 * kill) : [4, 30, 75, 140]

const packages = join(import.meta.dirname, '../..')
const directory = mkdtempSync(join(tmpdir(), 'pf-push-'))
const program = join(directory, 'server.mjs')
let child: ChildProcess | undefined

/** Starts the server in a process of its own and gives its address. */
async function startServer(file: string): Promise<string> {
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = started
  return new Promise((resolve, reject) => {
    started.stdout.setEncoding('utf8').once('data', (line: string) => resolve(line.trim()))
    started.once('exit', (code, signal) => reject(new Error(`The server ended: ${code ?? signal}`)))
  })
}

async function kill(): Promise<void> {
  const killed = child
  child = undefined
  if (killed === undefined) return
  const ended = new Promise((resolve) => killed.once('exit', resolve))
  killed.kill('SIGKILL')
  await ended
}

async function call(url: string, method: string, params: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const { result, error } = (await response.json()) as { result: never; error?: unknown }
  if (error !== undefined) throw new Error(JSON.stringify(error))
  return result as {
    id: string
    status: { state: string }
    artifacts?: { artifactId: string }[]
    tasks: { id: string }[]
  }
}

/** What a receiver knows of a task once it has dropped what came again. */
function folded(received: readonly Received[]): Task | undefined {
  let task: Task | undefined
  for (const { body } of received) {
    const update = decodeStreamResponse(body)
    if ('task' in update) task = update.task
    else if (task !== undefined && 'statusUpdate' in update)
      applyEvent(task, { type: 'status', ...update.statusUpdate })
    else if (task !== undefined && 'artifactUpdate' in update)
      applyEvent(task, { type: 'artifact', ...update.artifactUpdate })
  }
  return task
}

const idOf = ({ headers }: Received) => headers['x-a2a-notification-id'] as string
const taskOf = ({ body }: Received): string => body.task?.id ?? (body.statusUpdate ?? body.artifactUpdate).taskId

describe('a server that is killed in the middle of push delivery', () => {
  beforeAll(async () => {
    await build({
      entryPoints: [join(import.meta.dirname, 'apps/push-server.ts')],
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      // Packages that want `require` find one.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      plugins: [
        {
          name: 'workspace-sources',
          setup({ onResolve }) {
            onResolve({ filter: /^@pf-agents\// }, ({ path }) => {
              const [, name = '', entry = 'index'] = path.split('/')
              const file = join(packages, name, 'src', `${entry}.ts`)
              return existsSync(file) ? { path: file } : undefined
            })
          },
        },
      ],
    })
  })
  afterAll(async () => {
    await kill()
    rmSync(directory, { recursive: true, force: true })
  })

  it(
    'has every notification delivered at least once after its restart, in order per config',
    { timeout: isFull ? 300_000 : 90_000 },
    async () => {
      // Some are refused the first time, so that a kill also meets entries that wait for another try.
      await using webhook = await startWebhook(async (number) => {
        await new Promise((resolve) => setTimeout(resolve, 3))
        return number % 7 === 0 ? 503 : 200
      })
      const file = join(directory, 'agent.db')
      const taskPushNotificationConfig = { url: webhook.url, authentication: { scheme: 'Bearer', credentials: 'c' } }
      const taskIds = new Set<string>()
      for (const killAt of killsAt) {
        const url = await startServer(file)
        for (let count = 0; count < 4; count++) {
          const message = { messageId: `m-${killAt}-${count}`, role: 'ROLE_USER', parts: [{ text: '12' }] }
          // Of those that are cut off with their server, the webhook tells.
          call(url, 'SendMessage', { message, configuration: { taskPushNotificationConfig } }).catch(() => {})
        }
        await webhook.until(killAt, 30_000)
        await kill()
      }
      const url = await startServer(file)
      for (const { id } of (await call(url, 'ListTasks', { pageSize: 100 })).tasks) taskIds.add(id)
      for (const received of webhook.received) expect(taskIds).toContain(taskOf(received))
      expect(taskIds.size).toBeGreaterThanOrEqual(12)

      // A run that died is found out by whoever reads its task; that, too, is told.
      const tasks = new Map<string, Awaited<ReturnType<typeof call>>>()
      const end = Date.now() + (isFull ? 180_000 : 45_000)
      for (const id of taskIds) {
        for (;;) {
          const task = await call(url, 'GetTask', { id })
          tasks.set(id, task)
          const told = folded(distinct(webhook.received.filter((one) => taskOf(one) === id)))
          if (
            isOver(task.status.state) &&
            told?.status.state === task.status.state.slice('TASK_STATE_'.length).toLowerCase()
          )
            break
          if (Date.now() > end)
            throw new Error(`${id} is ${task.status.state}, and the webhook was told ${told?.status.state}`)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
      for (const [id, task] of tasks) {
        const received = webhook.received.filter((one) => taskOf(one) === id)
        const first = distinct(received)
        const told = folded(first)
        expect(told?.artifacts.map(({ artifactId }) => artifactId)).toEqual(
          (task.artifacts ?? []).map(({ artifactId }) => artifactId),
        )
        expect(first.slice(0, 2).map(({ body }) => body.task?.status.state ?? body.statusUpdate.status.state)).toEqual([
          'TASK_STATE_SUBMITTED',
          'TASK_STATE_WORKING',
        ])
        // In order: what comes is the same again, or the next.
        const order = new Map(first.map((one, index) => [idOf(one), index]))
        let last = -1
        for (const one of received) {
          const index = order.get(idOf(one)) as number
          expect([last, last + 1]).toContain(index)
          last = index
        }
      }
      // Something did come again, and some runs died: the kills met what they were meant to meet.
      expect(webhook.received.length).toBeGreaterThan(distinct(webhook.received).length)
      expect([...tasks.values()].some(({ status }) => status.state === 'TASK_STATE_FAILED')).toBe(true)
    },
  )
})

function isOver(state: string): boolean {
  return state === 'TASK_STATE_COMPLETED' || state === 'TASK_STATE_FAILED'
}

function distinct(received: readonly Received[]): Received[] {
  const seen = new Set<string>()
  return received.filter((one) => !seen.has(idOf(one)) && seen.add(idOf(one)))
}
