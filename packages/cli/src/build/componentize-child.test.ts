import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ComponentizeAnswer, ComponentizeRequest } from './componentize-child'
import { componentOf, type EngineKit, kitOf, packKit, unpackKit } from './engine-kit'

const file = new URL('./componentize-child.ts', import.meta.url).pathname
const directories: string[] = []
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })))

function started(code = "export function run() { return 'ran' }\n") {
  const directory = mkdtempSync(join(tmpdir(), 'pf-child-'))
  directories.push(directory)
  const request: ComponentizeRequest = {
    wit: 'package test:test; world tested { export run: func() -> string; }',
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
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { child, request, directory, answered, ended }
}

const wholeRun = ({ engine, bindings, snapshot, output }: ComponentizeRequest) => ({
  engine: readFileSync(engine),
  bindings: readFileSync(bindings, 'utf8'),
  snapshot: readFileSync(snapshot),
  component: readFileSync(output),
})

describe('a process that makes a component', { timeout: 120_000 }, () => {
  let kit: EngineKit | undefined

  it('gives up once nobody waits for it, where another one makes its component', async () => {
    const [left, awaited] = [started(), started()]
    left.child.send(left.request)
    // It works: this is the directory of componentize-js.
    await expect.poll(() => readdirSync(left.directory).length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(1)
    // What a parent leaves that is killed: a channel that is closed.
    left.child.disconnect()
    awaited.child.send(awaited.request)
    expect([await left.ended, existsSync(left.request.output)]).toEqual([0, false])
    expect(await awaited.answered).toEqual({ ok: true } satisfies ComponentizeAnswer)
    kit = kitOf(wholeRun(awaited.request))
    expect(kit).toBeDefined()
  })

  it('leaves what makes the same component of other code, byte for byte, without the engine’s last steps', async () => {
    const other = started(
      `const words = ${JSON.stringify('other '.repeat(50_000))}\nexport function run() { return words }`,
    )
    other.child.send(other.request)
    expect(await other.answered).toEqual({ ok: true })
    const { component, snapshot } = wholeRun(other.request)
    const kept = unpackKit(packKit(kit as EngineKit))
    const made = componentOf(kept, snapshot) as Uint8Array
    expect(made.byteLength).toBeGreaterThan((kit as EngineKit).engine.byteLength)
    expect(Buffer.compare(made, component)).toBe(0)

    // A snapshot of another engine is none of its.
    const foreign = Buffer.from(snapshot)
    foreign.write('target-features', foreign.lastIndexOf('target_features', undefined, 'latin1'), 'latin1')
    expect(componentOf(kept, foreign)).toBeUndefined()
    // Nor is there a kit where the last steps left another memory than the snapshot has.
    expect(kitOf({ ...wholeRun(other.request), snapshot: readFileSync(other.request.engine) })).toBeUndefined()
  })

  it('stops at the snapshot where it is given the engine, and says what is wrong with the code all the same', async () => {
    const { engine, bindings } = kit as EngineKit
    const run = async (code?: string) => {
      const { child, request, answered } = started(code)
      writeFileSync(request.engine, engine)
      writeFileSync(request.bindings, bindings)
      child.send({ ...request, engineGiven: true })
      return { request, answer: await answered }
    }
    const { request, answer } = await run()
    expect([answer, existsSync(request.output)]).toEqual([{ ok: true }, false])
    const component = componentOf(kit as EngineKit, readFileSync(request.snapshot))
    expect(component?.subarray(0, 8)).toEqual(Buffer.from('0061736d0d000100', 'hex'))
    const broken = await run('export function run() {}\nundefinedName.x')
    expect(broken.answer).toMatchObject({ ok: false, message: expect.stringContaining('undefinedName') as string })
  })
})
