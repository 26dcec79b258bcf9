// The command of the README, on the built packages, as `npm start -- --once` runs it once all is set up.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const script = join(import.meta.dirname, 'run.mjs')

it('answers once on both targets, thinks, and ends', { timeout: 120_000 }, (context) => {
  if (!existsSync(join(root, 'packages/cli/dist/index.js'))) context.skip('the packages are not built')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--once'], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '', GEMINI_API_KEY: '', OLLAMA_HOST: '' },
  })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/Node \(main\.node\.ts\)\n {2}http:\/\/127\.0\.0\.1:\d+\n {2}curl .*\n {2}→ Echo: Hello/)
  expect(stdout).toMatch(
    /Component \(main\.spin\.ts .*\)\n {2}http:\/\/127\.0\.0\.1:\d+\n {2}curl .*\n {2}→ Echo: Hello/,
  )
  expect(stdout).toMatch(
    /examples\/assistant\/agent\.ts\n {2}http:\/\/\S+\n {2}No key is set.*\n {2}"Note that npm start works"\n {2}→ Done: Note 1 is written down\. {2}\(\d+ ms, in \d+ pieces\)/,
  )
  expect(stdout).toMatch(/Playground, to talk to it and look into its tasks: http:\/\/127\.0\.0\.1:\d+\/playground\n/)
  expect(stdout).toContain('All answered as they should.')
  expect(status).toBe(0)
})

it.for(['echo', 'travel-desk', 'assistant'])('what `pf`, as built, makes of %s keeps its tasks', (name, context) => {
  const command = join(root, 'packages/cli/dist/bin.js')
  if (!existsSync(command)) context.skip('the packages are not built')
  const cwd = join(root, 'examples', name)
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'build', 'main.spin.ts', '--dry-run'], {
    encoding: 'utf8',
    cwd,
  })
  expect(stdout + stderr).toMatch(/it would import .*wasi:keyvalue\/atomics/)
  expect(status).toBe(0)
})

it('says how it is used', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, '--twice'], { encoding: 'utf8' })
  expect(stderr).toContain('Usage: npm start [-- --once]')
  expect(status).toBe(2)
})
