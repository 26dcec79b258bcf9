import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StartedApp } from '../src/node'

const hooks = new URL('../../cli/test/source-hooks.mjs', import.meta.url).href

/** A test asks no real model, whatever keys its own environment has. */
const noModel = { OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '', GEMINI_API_KEY: '', OLLAMA_HOST: '', MODEL: '' }

/** Runs an example's entry for Node as its user would, on the sources of the workspace, in a folder of its own. */
export async function startEntry(file: string, env: Record<string, string> = {}): Promise<StartedApp> {
  const folder = mkdtempSync(join(tmpdir(), 'pf-entry-'))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', hooks, file], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', ...noModel, ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const close = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  const url = await new Promise<string>((resolve, reject) => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = /https?:\/\/\S+/.exec(output)?.[0]
      if (found) resolve(found)
    })
    void exited.then(() => reject(new Error(`${file} ended before it served:\n${output}`)))
  })
  return { url, close, fetch: (path, init) => fetch(new URL(path, url), init), [Symbol.asyncDispose]: close }
}
