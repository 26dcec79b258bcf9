import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { startHandler } from '@pf-agents/testing/node'
import { generate } from '@pf-agents/llm-engine'
import { createFakeProvider } from '@pf-agents/llm-engine/testing'
import { answer, assistant, said, send } from './scenario'
import { model } from './src/model.ts'

const file = (name: string) => new URL(name, import.meta.url).pathname
const hooks = file('../../packages/cli/test/source-hooks.mjs')
const keys = { OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '', GEMINI_API_KEY: '', OLLAMA_HOST: '', MODEL: '' }

/** A process of the assistant, on the sources of the workspace. */
interface Running {
  url: string
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
}

async function start(folder: string, env: Record<string, string> = {}): Promise<Running> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', hooks, file('main.node.ts')],
    {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', ...keys, ...env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = /https?:\/\/\S+/.exec(output)?.[0]
      if (found) resolve(found)
    })
    void exited.then(() => reject(new Error(`It ended before it served:\n${output}`)))
  })
  return {
    url,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

let folder: string
const running: Running[] = []
const begin = async (env?: Record<string, string>): Promise<Running> => {
  const app = await start(folder, env)
  running.push(app)
  return app
}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pf-assistant-'))
})
afterAll(async () => {
  for (const app of running) await app.kill()
  rmSync(folder, { recursive: true, force: true })
})

describe('the assistant on Node', () => {
  let app: Running
  beforeAll(async () => {
    app = await begin()
  })
  assistant(() => app.url)

  it('streams what it says as it says it', async () => {
    const texts: string[] = []
    const states: string[] = []
    const stream = createA2AClient({ url: app.url }).sendStreamingMessage({
      message: userMessage('Note that it streams'),
    })
    for await (const event of stream) {
      if ('artifactUpdate' in event)
        texts.push(event.artifactUpdate.artifact.parts.map((part) => part.text ?? '').join(''))
      if ('statusUpdate' in event) states.push(event.statusUpdate.status.state)
    }
    expect(texts.join('')).toBe('Done: Note 1 is written down.')
    // Five letters at a time.
    expect(texts.length).toBeGreaterThan(3)
    expect(states.at(-1)).toBe('completed')
  })
})

it(
  'goes on after kill -9 between question and answer; what was done is not done again',
  { timeout: 60_000 },
  async () => {
    const first = await begin()
    const asked = await send(first.url, 'Note that tea is at five and mail ada@example.com')
    expect(asked.status.state).toBe('input-required')
    await first.kill()

    const second = await begin()
    const { id } = asked
    expect((await createA2AClient({ url: second.url }).getTask({ id })).status.state).toBe('input-required')
    const task = await answer(second.url, asked, 'yes')
    expect(task.status.state).toBe('completed')
    // The result of the note is the first process's; had it run again, it would be note 2.
    expect(said(task)).toContain('Done: Note 1 is written down. Sent to ada@example.com; 1 in all.')
    const { contextId } = asked
    expect(said(await send(second.url, 'notes', { contextId }))).toBe('Done: ["tea is at five"]')
  },
)

it.each([['OLLAMA_HOST', '/v1/chat/completions']])(
  'asks a model where %s is set',
  { timeout: 60_000 },
  async (variable, path) => {
    const provider = createFakeProvider([
      { toolCalls: [{ name: 'take_note', arguments: { text: 'by the model' } }] },
      { text: 'Noted.' },
    ])
    await using server = await startHandler(provider.handle)
    const app = await begin({ [variable]: server.url, MODEL: 'tiny' })
    expect(said(await send(app.url, 'Hello'))).toBe('Noted.')
    expect(provider.requests.map(({ body }) => body['model'])).toEqual(['tiny', 'tiny'])
    expect(new URL(provider.requests[0]?.url ?? '').pathname).toBe(path)
  },
)

it.each([
  ['OPENAI_API_KEY', 'https://api.openai.com/v1/responses', 'authorization'],
  ['ANTHROPIC_API_KEY', 'https://api.anthropic.com/v1/messages', 'x-api-key'],
  [
    'GEMINI_API_KEY',
    'https://generativelanguage.googleapis.com/v1beta/models/tiny:streamGenerateContent',
    'x-goog-api-key',
  ],
  ['OLLAMA_HOST', 'http://127.0.0.1:11434/v1/chat/completions', undefined],
])('where %s is set, the model asked is at %s', async (variable, url, header) => {
  const provider = createFakeProvider([{ text: 'Hello from the model.' }])
  const values: Record<string, string> = { [variable]: '127.0.0.1:11434', MODEL: 'tiny' }
  const { text } = await generate(model, {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    host: { fetch: provider.fetch, variables: { get: (name) => values[name] } },
  })
  expect(text).toBe('Hello from the model.')
  expect(provider.requests[0]?.url.split('?')[0]).toBe(url)
  if (header !== undefined) expect(provider.requests[0]?.headers.get(header)).toContain('127.0.0.1:11434')
})

it('is one agent file for both entries', () => {
  for (const entry of ['main.node.ts', 'main.spin.ts'])
    expect(readFileSync(file(entry), 'utf8')).toContain("import agent from './agent.ts'")
})
