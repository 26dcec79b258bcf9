import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ComponentizeAnswer, ComponentizeRequest } from './componentize-child'

const file = new URL('./componentize-child.ts', import.meta.url).pathname

function started() {
  const directory = mkdtempSync(join(tmpdir(), 'pf-child-'))
  const request: ComponentizeRequest = {
    source: join(directory, 'agent.js'),
    wit: 'package test:test; world tested { export run: func() -> string; }',
    output: join(directory, 'agent.wasm'),
  }
  writeFileSync(request.source, "export function run() { return 'ran' }\n")
  const child = fork(file, [], { execArgv: [], env: { ...process.env, TMPDIR: directory } })
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })
  return { child, request, directory }
}

it('gives up once nobody waits for it, where another one makes its component', { timeout: 120_000 }, async () => {
  const [left, awaited] = [started(), started()]
  left.child.send(left.request)
  // It works: this is the directory of componentize-js.
  await expect.poll(() => readdirSync(left.directory).length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(1)
  // What a parent leaves that is killed: a channel that is closed.
  left.child.disconnect()
  awaited.child.send(awaited.request)
  const [[code], [answer]] = await Promise.all([once(left.child, 'exit'), once(awaited.child, 'message')])
  expect([code, existsSync(left.request.output)]).toEqual([0, false])
  expect(answer).toEqual({ ok: true } satisfies ComponentizeAnswer)
  expect(existsSync(awaited.request.output)).toBe(true)
})
