// @node24-only: what it says, and when, is the same on every Node
// A real `pf dev` in a process of its own: what it shows, and what it says where it can not serve.
import { describe, expect, it } from 'vitest'
import { runCli } from '../../test/run-cli'
import { agent, ask, dev, folder, slow, write } from '../../test/run-dev'

describe('pf dev', () => {
  it('serves a playground beside it, unless told not to', slow, async () => {
    write('agent.ts', agent("'x'"))
    const [, page] = (await dev().shows(/Playground (http\S+)/)) as unknown as [string, string]
    expect(page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/playground$/)
    expect(await (await fetch(`${page}/config.json`)).json()).toMatchObject({ name: 'dev', agui: '../agui' })

    const without = dev('agent.ts', '--no-playground')
    const url = (await without.shows(/Serving (http\S+)/))[1] as string
    expect((await fetch(`${url}/playground/`)).status).toBe(404)
    expect(without.err).not.toContain('Playground')
  })

  it('leaves it to a file that serves by itself whether there is a playground', slow, async () => {
    write(
      'main.ts',
      `import { createServer } from 'node:http'
createServer((_, response) => response.end(process.env['PF_PLAYGROUND'] ?? 'no')).listen(0, '127.0.0.1')`,
    )
    const run = dev('main.ts')
    const url = (await run.shows(/Serving (http\S+)/))[1] as string
    const response = await fetch(url)
    expect([await response.text(), response.headers.get('connection')]).toEqual(['1', 'close'])
    expect(run.err).not.toContain('Playground')
  })

  it('shows what is wrong and goes on with the version before', slow, async () => {
    write('agent.ts', agent("'good'"))
    const run = dev()
    const url = (await run.shows(/Serving (http\S+)/))[1] as string

    write('agent.ts', agent("'good' +"))
    await run.shows(/agent\.ts:2:\d+: Unexpected "}"[\s\S]*Not reloaded/)
    expect(await ask(url)).toBe('good')

    write('agent.ts', `throw new Error('at start')\n${agent("'bad'")}`)
    await run.shows(/Error: at start[\s\S]*ended before it served \(exit code 1\)\. The one before goes on\./)
    expect(run.err).toContain(`${folder}/agent.ts:1:7`)
    expect(await ask(url)).toBe('good')

    write('agent.ts', `import { openBucket } from 'pf-host:keyvalue'\n${agent("String(openBucket('x'))")}`)
    await run.shows(/✗ pf-host:keyvalue does not work on node \(only on wasm\)[\s\S]*agent\.ts\n[\s\S]*Not reloaded/)
    expect(await ask(url)).toBe('good')

    write('agent.ts', agent("'better'"))
    await run.shows(/Reloaded/)
    expect(await ask(url)).toBe('better')
  })

  it('waits for a change where the first version does not build', slow, async () => {
    write('agent.ts', 'export default {{')
    const run = dev()
    await run.shows(/Not reloaded\. Waiting for a change\./)
    write('agent.ts', agent("'late'"))
    expect(await ask((await run.shows(/Serving (http\S+)/))[1] as string)).toBe('late')
  })

  it('says so where the default export is no agent', slow, async () => {
    write('agent.ts', 'export default { name: 1 }')
    await dev().shows(/An app needs an agent, made by defineAgent, and was given an object that is none/)
  })

  it('says that a port is taken', slow, async () => {
    write('agent.ts', agent("'x'"))
    const first = dev()
    const port = new URL((await first.shows(/Serving (http\S+)/))[1] as string).port
    const second = dev('agent.ts', '--port', port)
    const { code, err } = await second.ended
    expect(err).toMatch(/^pf dev: .*EADDRINUSE.*Another program listens there; choose another with --port/m)
    expect(err).not.toContain('    at ')
    expect(code).toBe(1)
  })
})

it('says what it has to write where the folder of the entry can not be written to', async () => {
  write('agent.ts', agent("'x'"))
  // Root may write anywhere, but for a place that is taken.
  write('.pf', '')
  const { code, err } = await runCli(['dev', 'agent.ts', '--port', '0'], { cwd: folder })
  expect(err).toMatch(
    /^pf dev: The bundle lies beside the entry.*nothing can be written there: ENOTDIR.*Work on a copy in a directory that you can write to\.$/m,
  )
  expect(code).toBe(1)
})

it('names a missing file and ends', async () => {
  const { code, err } = await runCli(['dev', 'nothing.ts'], { cwd: folder })
  expect(err).toContain('There is no file nothing.ts.')
  expect(code).toBe(1)
})
