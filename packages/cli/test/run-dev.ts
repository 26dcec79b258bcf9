// A real `pf dev` in a process of its own, in a folder of its own, for the tests of it.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { type CliRun, startCli } from './run-cli'

export const slow = { timeout: 180_000 }

/** The folder of the test that runs: new for each, and gone behind it with all that was started there. */
export let folder: string
const running: CliRun[] = []
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pf-dev-')))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.kill()))
  rmSync(folder, { recursive: true, force: true })
})

/** Writes a file of the folder. */
export const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
/** The source of an agent that answers so. */
export const agent = (answer: string) => `import { defineAgent } from '@pf-agents/agent-core'
export default defineAgent({ name: 'dev', description: 'd', version: '1.0.0', onMessage: () => ${answer} })`

/** Starts it there, on a free port. */
export function dev(entry = 'agent.ts', ...args: string[]): CliRun {
  const run = startCli(['dev', entry, '--port', '0', ...args], { cwd: folder })
  running.push(run)
  return run
}

/** The answer to a message over A2A. */
export async function ask(url: string): Promise<string> {
  const message = { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text: 'hi' }] }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message } }),
  })
  const { result } = (await response.json()) as { result: { message: { parts: [{ text: string }] } } }
  return result.message.parts[0].text
}
