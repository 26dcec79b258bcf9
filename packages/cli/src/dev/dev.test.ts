// A real `pf dev` in a process of its own, over real HTTP. What it says is tested beside, in dev-says.test.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { agent, ask, dev, folder, slow, write } from '../../test/run-dev'

/** The events of a run over AG-UI. */
async function runOverAgui(url: string): Promise<string> {
  const input = { threadId: 't1', runId: 'r1', messages: [{ id: 'u1', role: 'user', content: 'hi' }] }
  const response = await fetch(`${url}/agui`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ ...input, state: {}, tools: [], context: [], forwardedProps: {} }),
  })
  return response.text()
}

/** Processes whose parent is this one. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter(
      (name) =>
        existsSync(`/proc/${name}/stat`) &&
        Number(/\) . (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]) === pid,
    )
    .map(Number)
}

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8')
const alive = (pid: number) => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

async function until(check: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (check()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`It never came to this: ${what}`)
}

describe('pf dev', () => {
  it('serves an agent with a model, and nothing but its file is needed', slow, async () => {
    write(
      'agent.ts',
      `import { defineAgent, defineTool, jsonSchema } from '@pf-agents/agent-core'
const add = defineTool({
  name: 'add', description: 'Adds',
  input: jsonSchema<{ a: number; b: number }>({ type: 'object', required: ['a', 'b'] }),
  run: ({ a, b }) => a + b,
})
export default defineAgent({
  name: 'clerk', description: 'd', version: '1.0.0', tools: [add],
  model: {
    provider: 'own', modelId: 'm',
    async *stream({ messages }) {
      const last = messages.at(-1)
      yield { type: 'response-start', provider: 'own', modelId: 'm', warnings: [] }
      if (last?.role === 'tool') {
        const delta = 'It is ' + JSON.stringify(last.content[0]?.parts)
        yield { type: 'text-start', id: 't' }
        yield { type: 'text-delta', id: 't', delta }
        yield { type: 'text-end', id: 't' }
        yield { type: 'finish', finish: { reason: 'stop', complete: true }, usage: {} }
      } else {
        yield { type: 'tool-call-start', toolCallId: 'c', name: 'add' }
        yield { type: 'tool-call-end', toolCallId: 'c', name: 'add', arguments: '{"a":2,"b":3}', complete: true }
        yield { type: 'finish', finish: { reason: 'tool-calls', complete: true }, usage: {} }
      }
    },
  },
})`,
    )
    const run = dev()
    const url = (await run.shows(/Serving (http\S+)/))[1] as string
    expect(await runOverAgui(url)).toContain('It is ')
  })

  it('serves an agent, takes changes over at the same address, and ends without a trace', slow, async () => {
    write('answer.ts', "export const answer: string = 'one'")
    write('agent.ts', agent('answer').replace('\n', "\nimport { answer } from './answer'\n"))
    const run = dev()
    const url = (await run.shows(/Serving (http\S+)/))[1] as string
    expect(await ask(url)).toBe('one')
    expect(await runOverAgui(url)).toMatch(/RUN_STARTED[^]+"delta":"one"[^]+RUN_FINISHED/)

    write('answer.ts', "export const answer: string = 'two'")
    expect((await run.shows(/Reloaded (http\S+)/))[1]).toBe(url)
    expect(await ask(url)).toBe('two')
    const [child] = childrenOf(run.pid) as [number]

    run.signal('SIGINT')
    expect((await run.ended).code).toBe(0)
    expect(alive(child)).toBe(false)
    expect(readdirSync(folder).toSorted()).toEqual(['agent.ts', 'answer.ts'])
  })

  it(
    'fails no request while versions follow each other, for it keeps no connection that a reload would cut',
    slow,
    async () => {
      write('agent.ts', agent("'v0'"))
      const run = dev()
      const url = (await run.shows(/Serving (http\S+)/))[1] as string
      expect((await fetch(`${url}/.well-known/agent-card.json`)).headers.get('connection')).toBe('close')
      let answered = 0
      let stop = false
      const asking = [1, 2, 3].map(async () => {
        for (; !stop; answered++) await ask(url)
      })
      for (const version of ['v1', 'v2']) {
        write('agent.ts', agent(`'${version}'`))
        await expect.poll(() => ask(url), { timeout: 60_000 }).toBe(version)
      }
      stop = true
      await Promise.all(asking)
      expect(answered).toBeGreaterThan(0)
    },
  )

  it('runs a file that serves by itself, and finds what lies beside it', slow, async () => {
    write('data.txt', 'from a file')
    write(
      'main.ts',
      `import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
const text = readFileSync(new URL('./data.txt', import.meta.url), 'utf8') + ' ' + import.meta.dirname
createServer((_, response) => response.end(text)).listen(0, '127.0.0.1')`,
    )
    const url = (await dev('main.ts').shows(/Serving (http\S+)/))[1] as string
    expect(await (await fetch(url)).text()).toBe(`from a file ${folder}`)
  })

  it('gives variables from a file, and lets a debugger attach', slow, async () => {
    write('.env', 'GREETING=hello')
    write('agent.ts', agent("process.env['GREETING'] ?? 'nothing'"))
    const run = dev('agent.ts', '--var-file', '.env', '--inspect-port', '0')
    const [, port] = (await run.shows(/Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)/)) as unknown as [string, string]
    expect(await ask((await run.shows(/Serving (http\S+)/))[1] as string)).toBe('hello')
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { type: string }[]
    expect(targets).toMatchObject([{ type: 'node' }])
    write('agent.ts', agent("'changed'"))
    expect(await ask((await run.shows(/Reloaded (http\S+)/))[1] as string)).toBe('changed')
  })

  it('leaves no server behind when it is killed', slow, async () => {
    write('agent.ts', agent("'x'"))
    const run = dev()
    await run.shows(/Serving/)
    // The bundler's own process is not ours to end: it waits for a build that nobody answers any more.
    const servers = childrenOf(run.pid).filter((pid) => !commandOf(pid).includes('--service'))
    expect(servers).toHaveLength(1)
    await run.kill()
    await until(() => !servers.some(alive), 'the server ended with the command')
  })

  it('says so where a file does not serve, takes changes all the same, and ends when asked', slow, async () => {
    write('agent.ts', 'export const answer = 1\nsetInterval(() => {}, 1_000)')
    const run = dev()
    await run.shows(/It does not listen yet\. Export the agent or the app as default/)
    write('agent.ts', 'export default {{')
    await run.shows(/agent\.ts:1:\d+[^]*Not reloaded/)
    write('agent.ts', 'for (;;);\nexport default 1')
    write('agent.ts', agent("'mended'"))
    expect(await ask((await run.shows(/Serving (http\S+)/))[1] as string)).toBe('mended')
    run.signal('SIGTERM')
    const { code, err } = await run.ended
    expect(err).not.toContain('    at ')
    expect(code).toBe(0)
  })
})
