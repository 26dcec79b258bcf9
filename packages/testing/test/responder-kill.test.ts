// The process dies between an approval's question and its answer (SIGKILL: nothing can be saved any more). Another one on
// the same database goes on with the very same loop, and nothing that had finished runs again.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { serveFake } from '../../llm-engine/test/serve-fake'
import { responderScript } from './responder-scenario'

const hooks = new URL('../../cli/test/source-hooks.mjs', import.meta.url).href
const entry = new URL('./apps/responder.node.ts', import.meta.url).pathname
let folder: string
let provider: Awaited<ReturnType<typeof serveFake>>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pf-responder-'))
  provider = await serveFake(responderScript)
})
afterAll(async () => {
  await provider?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A process of the agent; `kill` leaves it no time for anything. */
async function start(): Promise<{ url: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', hooks, entry], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', PROVIDER_PORT: new URL(provider.url).port },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /https?:\/\/\S+/.exec(text)?.[0]
      if (found) resolve(found)
    })
    void exited.then(() => reject(new Error('The agent ended before it served.')))
  })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return { url, kill }
}

it('a loop that waits for an approval goes on in another process after a SIGKILL', async () => {
  const ran = (): string[] => readFileSync(join(folder, 'ran.log'), 'utf8').trim().split('\n')
  const first = await start()
  const answer = await createA2AClient({ url: first.url }).sendMessage({ message: userMessage('mail ada') })
  if (!('task' in answer)) throw new Error('There is no task.')
  const { id: taskId, contextId, status } = answer.task
  expect([status.state, ran()]).toEqual(['input-required', ['add']])
  await first.kill()

  const second = await start()
  try {
    const message = { ...userMessage('yes'), taskId, contextId }
    const later = await createA2AClient({ url: second.url }).sendMessage({ message })
    if (!('task' in later)) throw new Error('There is no task.')
    expect([later.task.status.state, ran()]).toEqual(['completed', ['add', 'send_mail']])
    expect(JSON.stringify(later.task.artifacts)).toContain('Done: 2 Sent to ada@example.com.')
    expect(provider.requests).toHaveLength(2)
  } finally {
    await second.kill()
  }
}, 60_000)
