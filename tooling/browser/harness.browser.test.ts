import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { scratch, workspaceRoot } from '../scratch/scratch'
import { browserTest, eventually } from './browser-test'
import { findChromium, needsChromium } from './find-chromium'

/** Runs one file of tests in a vitest of its own, and returns what `npm test` would be told. */
async function report(test: string, env: Record<string, string> = {}) {
  const harness = JSON.stringify(join(import.meta.dirname, 'browser-test.ts'))
  const folder = scratch({
    'package.json': { type: 'module' },
    'some.test.js': `import { browserTest, eventually, watchOf } from ${harness}\n${test}`,
  })
  symlinkSync(join(workspaceRoot, 'node_modules'), join(folder, 'node_modules'))
  const reportFile = join(folder, 'report.json')
  const reporter = join(workspaceRoot, 'tooling/test/reporter.mjs')
  const vitest = join(workspaceRoot, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', '--reporter', reporter], {
    cwd: folder,
    // The run inside must not take itself for a worker of the run outside.
    env: {
      PATH: process.env['PATH'],
      PF_CHROMIUM: process.env['PF_CHROMIUM'] ?? '',
      ...env,
      PF_TEST_REPORT: reportFile,
    },
    stdio: 'ignore',
  })
  await once(child, 'exit')
  return JSON.parse(readFileSync(reportFile, 'utf8'))
}

/** The processes there are, each with the one that started it. */
const processes = (): Map<number, number> =>
  new Map(
    readdirSync('/proc').flatMap((name) => {
      try {
        // "pid (name) state ppid …", where the name may have anything in it.
        const [, parent] = /.*\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? []
        return parent === undefined ? [] : [[Number(name), Number(parent)] as const]
      } catch {
        return [] // No process, or one that ended meanwhile.
      }
    }),
  )

function descendants(of: number): number[] {
  const children = [...processes()].flatMap(([pid, parent]) => (parent === of ? [pid] : []))
  return children.flatMap((pid) => [pid, ...descendants(pid)])
}

browserTest('a test is skipped without Chromium, and says what it needs', async () => {
  const { passed, failed, skipped } = await report(
    `browserTest('looks', async ({ openPage }) => { await openPage() })`,
    { PATH: '/nowhere', PF_CHROMIUM: '' },
  )
  expect({ passed, failed, skipped }).toEqual({
    passed: 0,
    failed: [],
    skipped: [{ name: 'some.test.js > looks', reason: needsChromium }],
  })
})

browserTest('a problem in a page fails its test', async ({ skip }) => {
  if (findChromium() === undefined) skip(needsChromium)
  const { passed, failed } = await report(`
    const page = 'data:text/html,<script>console.error("broken")</script>'
    browserTest('fails', async ({ openPage }) => { await (await openPage()).goto(page) })
    browserTest('allows it', async ({ openPage }) => {
      const opened = await openPage()
      watchOf(opened).allow(/broken/)
      await opened.goto(page)
    })`)
  expect(passed).toBe(1)
  expect(failed).toEqual([{ name: 'some.test.js > fails', message: 'What went wrong in the page:' }])
})

browserTest('no process is left of a browser that was closed, or whose test process was killed', async ({ skip }) => {
  const chromium = findChromium()
  if (chromium === undefined) return skip(needsChromium)
  const script = `
    import { launchChromium } from ${JSON.stringify(join(import.meta.dirname, 'launch.ts'))}
    const { close } = await launchChromium(${JSON.stringify(chromium)})
    process.stdin.once('data', close)
    console.log('started')`
  for (const end of ['close', 'kill'] as const) {
    const folder = scratch({})
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    const started = descendants(child.pid as number)
    expect(started.length).toBeGreaterThan(1)
    const exited = once(child, 'exit')
    if (end === 'close') child.stdin.end('close')
    else child.kill('SIGKILL')
    await exited
    await eventually(() => {
      const running = processes()
      return started.filter((pid) => running.has(pid))
    }).toEqual([])
    if (end === 'close') expect(readdirSync(folder)).toEqual([])
  }
})
