import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { scratch, workspaceRoot } from '../scratch/scratch'
import { installFailure, installStamp, isInstalled } from './install.mjs'

const script = join(import.meta.dirname, 'run.mjs')

it('names the commands there are when given another one', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'serve'], { encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toBe('Unknown command serve. Known: start, test, test-full, bench, sut.\n')
})

it('counts an install as needed when the lockfile or any manifest changes', () => {
  const root = scratch({
    'pnpm-lock.yaml': 'lock',
    'pnpm-workspace.yaml': 'packages:\n  - packages/*',
    'package.json': '{}',
    'packages/a/package.json': '{}',
    'node_modules/node/bin/node': '',
  })
  expect(isInstalled(root)).toBe(false)
  writeFileSync(join(root, 'node_modules/.pf-bootstrap'), installStamp(root))
  expect(isInstalled(root)).toBe(true)
  writeFileSync(join(root, 'packages/a/package.json'), '{"dependencies":{}}')
  expect(isInstalled(root)).toBe(false)
  writeFileSync(join(root, 'node_modules/.pf-bootstrap'), installStamp(root))
  writeFileSync(join(root, 'pnpm-lock.yaml'), 'other lock')
  expect(isInstalled(root)).toBe(false)
})

it.each([
  [
    'npm error network request to https://registry failed, reason: getaddrinfo EAI_AGAIN registry',
    'registry could not be reached',
  ],
  ['[ERR_PNPM_META_FETCH_FAIL] GET https://registry/a: connect ECONNREFUSED', 'registry could not be reached'],
  ['[ERR_PNPM_OUTDATED_LOCKFILE] Cannot install with "frozen-lockfile"', 'pnpm-lock.yaml does not match'],
  ['postinstall: something broke', 'the output above says why'],
])('explains a failed install: %s', (output, words) => {
  expect(installFailure(output)).toContain(words)
})

it('says that the registry is out of reach, and ends with an error', () => {
  const root = scratch({
    'package.json': { private: true, devDependencies: { node: '24.21.0' } },
    'pnpm-lock.yaml': '',
    'pnpm-workspace.yaml': '',
  })
  const program = `import { install } from ${JSON.stringify(join(import.meta.dirname, 'install.mjs'))}
    await install(${JSON.stringify(root)}, 'pnpm@12.21.0').catch((error) => { console.log('MESSAGE', error.isSetupError, error.message); process.exitCode = 1 })`
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    // Port 9 (discard) refuses; an empty cache holds no copy of the package manager.
    env: {
      ...process.env,
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_cache: join(root, 'cache'),
      npm_config_fetch_retries: '0',
    },
  })
  expect(stdout).toContain('First run: setting up this workspace.')
  expect(stdout).toContain('node@24.21.0')
  expect(stdout).toContain(
    'MESSAGE true The package registry could not be reached, so the dependencies are not installed.',
  )
  expect(status).toBe(1)
})

/** Hands over to a small program, as the bootstrap does once all is set up. */
function handedOver(program: string, args: string[] = []) {
  const code = `import { handOver } from ${JSON.stringify(join(import.meta.dirname, 'process.mjs'))}
    handOver(process.execPath, ['-e', ${JSON.stringify(program)}, '--', ...${JSON.stringify(args)}], ${JSON.stringify(workspaceRoot)})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  // A test that fails must leave neither of the two processes behind.
  onTestFinished(() => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  })
  return child
}

it('hands over arguments, tools and the exit code', async () => {
  const child = handedOver(
    "console.log(process.argv.slice(1).join(' '), process.env.PATH.split(require('node:path').delimiter)[0]); process.exit(7)",
    ['--port', '0'],
  )
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = await once(child, 'close')
  expect(output).toBe(`--port 0 ${join(workspaceRoot, 'node_modules/.bin')}\n`)
  expect(code).toBe(7)
})

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on and waits for the clean-up', async (signal) => {
  const child = handedOver(
    `process.on('${signal}', () => { console.log('cleaned up'); process.exit(3) }); setInterval(() => {}, 1000); console.log('ready')`,
  )
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (text.includes('ready')) child.kill(signal)
  })
  const [code] = await once(child, 'close')
  expect(output).toBe('ready\ncleaned up\n')
  expect(code).toBe(3)
})

it('ends by the signal that ended the script', async () => {
  const child = handedOver("process.kill(process.pid, 'SIGKILL')")
  child.stdout.resume()
  const [, signal] = await once(child, 'close')
  expect(signal).toBe('SIGKILL')
})

describe('npm in front of the bootstrap', () => {
  const library = (name: string) => JSON.stringify(join(import.meta.dirname, name))
  // Of each process the number: npm's shell, the bootstrap, the script it hands over to, and what that one started.
  const bootstrap = (work: string) => `import { onOrphaned } from ${library('orphan.mjs')}
    import { handOver, run } from ${library('process.mjs')}
    onOrphaned(() => process.kill(process.pid, 'SIGTERM'))
    console.log('pid', process.ppid, process.pid)
    ${work}`
  const idle = `setInterval(() => {}, 1000); console.log('pid', process.ppid, process.pid, 'ready')`
  const script = (work: string) => `import { spawnOwned } from ${library('process.mjs')}
    import ${library('with-parent.mjs')}
    spawnOwned(process.execPath, ['-e', ${JSON.stringify(work)}], { stdio: 'inherit' })`

  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }

  /** Starts `npm start` of a project; resolves with npm and all processes below it once the last of them is there. */
  async function started(files: Record<string, string>) {
    const folder = scratch({
      'package.json': { type: 'module', scripts: { start: 'node boot.mjs' } },
      ...files,
    })
    const env = { ...process.env, npm_config_update_notifier: 'false' }
    const npm = spawn('npm', ['start'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    const pids = new Set<number>()
    onTestFinished(() => {
      for (const pid of [npm.pid as number, ...pids]) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    })
    let output = ''
    for await (const text of npm.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      output += text as string
      if (output.includes('ready')) break
    }
    npm.stdout.resume()
    for (const [, ...found] of output.matchAll(/^pid (\d+) (\d+)/gm)) for (const pid of found) pids.add(Number(pid))
    return { npm, pids: [...pids] }
  }

  /** Whoever of them lives on after a generous while. */
  async function survivors(pids: readonly number[]): Promise<number[]> {
    for (const until = Date.now() + 20_000; Date.now() < until && pids.some(isAlive);) await sleep(50)
    return pids.filter(isAlive)
  }

  const handedOver = (work = idle) => ({
    'boot.mjs': bootstrap("handOver(process.execPath, ['script.mjs'], process.cwd())"),
    'script.mjs': script(work),
  })

  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'leaves nothing behind when %s ends it',
    async (signal) => {
      const { npm, pids } = await started(handedOver())
      expect(pids).toHaveLength(4)
      npm.kill(signal)
      expect(await survivors(pids)).toEqual([])
    },
    60_000,
  )

  it('leaves nothing behind when a terminal interrupts them all', async () => {
    const { npm, pids } = await started(handedOver())
    process.kill(-(npm.pid as number), 'SIGINT')
    expect(await survivors([npm.pid as number, ...pids])).toEqual([])
  }, 60_000)

  it('leaves nothing behind when the bootstrap itself is killed, not even what will not end', async () => {
    const { pids } = await started(handedOver(`process.on('SIGTERM', () => {}); ${idle}`))
    process.kill(pids[1] as number, 'SIGKILL')
    expect(await survivors(pids)).toEqual([])
  }, 60_000)

  it('ends what it installs or builds with, and what that has started', async () => {
    const { npm, pids } = await started({
      'boot.mjs': bootstrap(`await run(process.execPath, ['nested.cjs'], { cwd: process.cwd() })`),
      'nested.cjs': `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(idle)}], { stdio: 'inherit' })`,
    })
    expect(pids).toHaveLength(4)
    npm.kill('SIGTERM')
    expect(await survivors(pids)).toEqual([])
  }, 60_000)
})
