import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ComponentizeAnswer, ComponentizeRequest } from '../src/build/componentize-child'

const file = fileURLToPath(new URL('../src/build/componentize-child.ts', import.meta.url))

const testWit = 'package test:test; world tested { export run: func() -> string; }'

/** A user whom no record gives a home that can be written to. */
const nobody = { uid: 65_534, gid: 65_534 }

/** Whether processes of that user can be started: root can, where they may read the programs. */
const canBeNobody = (): boolean =>
  process.getuid?.() === 0 && spawnSync(process.execPath, ['--check', file], nobody).status === 0

/** What {@link startComponentize} takes. */
export interface StartOptions {
  code?: string
  wit?: string
  /** Runs it as a user without a home, where that can be; the directory is that user's. */
  asNobody?: boolean
}

/** Starts the process that makes a component, in a directory of its own; it waits for its request. */
export function startComponentize({
  code = "export function run() { return 'ran' }\n",
  wit = testWit,
  asNobody = false,
}: StartOptions = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'pf-child-'))
  const request: ComponentizeRequest = {
    wit,
    source: join(directory, 'agent.js'),
    output: join(directory, 'agent.wasm'),
    engine: join(directory, 'engine.wasm'),
    bindings: join(directory, 'bindings.json'),
    snapshot: join(directory, 'snapshot.wasm'),
    engineGiven: false,
  }
  writeFileSync(request.source, code)
  const user = asNobody && canBeNobody() ? nobody : undefined
  if (user) chownSync(directory, user.uid, user.gid)
  const child = fork(file, [], { execArgv: [], env: { ...process.env, TMPDIR: directory }, ...user })
  const answered = once(child, 'message').then(([answer]) => answer as ComponentizeAnswer)
  const ended = once(child, 'exit').then(([exitCode]) => exitCode as number | null)
  return {
    child,
    request,
    directory,
    answered,
    ended,
    [Symbol.dispose]() {
      child.kill('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
