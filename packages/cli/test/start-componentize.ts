import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ComponentizeAnswer, ComponentizeRequest } from '../src/build/componentize-child'

const file = fileURLToPath(new URL('../src/build/componentize-child.ts', import.meta.url))

const testWit = 'package test:test; world tested { export run: func() -> string; }'

/** Starts the process that makes a component, in a directory of its own; it waits for its request. */
export function startComponentize(code = "export function run() { return 'ran' }\n", wit = testWit) {
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
  const child = fork(file, [], { execArgv: [], env: { ...process.env, TMPDIR: directory } })
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
