// What is kept of an engine makes the component that componentize-js makes by itself.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { startComponentize } from '../../test/start-componentize'
import { BuildCache } from './build-cache'
import { engineKey, makeComponent } from './componentize'
import { componentOf, type EngineKit, kitOf, packKit, unpackKit, type WholeRun } from './engine-kit'
import { worldWit } from './wit'

const engineDir = join(process.cwd(), 'node_modules/.cache/pf-agents/engines')
const wit = worldWit([])
const agent = (answer: string) => `export const discovery = { configureAgent: () => ${JSON.stringify(answer)} }\n`

/** What componentize-js makes of code when nothing is kept. */
async function wholeRun(code: string): Promise<WholeRun> {
  using run = startComponentize({ code, wit })
  run.child.send(run.request)
  expect(await run.answered).toEqual({ ok: true })
  const { engine, bindings, snapshot, output } = run.request
  return {
    engine: readFileSync(engine),
    bindings: readFileSync(bindings, 'utf8'),
    snapshot: readFileSync(snapshot),
    component: readFileSync(output),
  }
}

/** A directory of engines where one is kept. */
function engineFolder(kept: Uint8Array) {
  const path = mkdtempSync(join(tmpdir(), 'pf-engines-'))
  const file = join(path, `${engineKey(wit)}.wasm`)
  writeFileSync(file, kept)
  return { path, file, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

describe('a kit', { timeout: 120_000 }, () => {
  let other: WholeRun
  let kit: EngineKit
  beforeAll(async () => {
    // Made now, or by an earlier build of another agent for the same world.
    await makeComponent({ code: agent('one'), map: '', wit, engineDir })
    const kept = await new BuildCache(engineDir).load(engineKey(wit), () =>
      Promise.reject(new Error('No kit was kept.')),
    )
    kit = unpackKit(kept.bytes) as EngineKit
    other = await wholeRun(agent('another '.repeat(50_000)))
  }, 120_000)

  it('makes the same component of other code, byte for byte', () => {
    const made = componentOf(kit, other.snapshot) as Uint8Array
    expect(made.byteLength).toBeGreaterThan(kit.engine.byteLength)
    expect(Buffer.compare(made, other.component)).toBe(0)
  })

  it('has no component for the snapshot of another engine', () => {
    const foreign = Buffer.from(other.snapshot)
    foreign.write('target-features', foreign.lastIndexOf('target_features', undefined, 'latin1'), 'latin1')
    expect(componentOf(kit, foreign)).toBeUndefined()
  })

  it('is the same whatever code it was made with, and once it was written and read', () => {
    const again = unpackKit(packKit(kitOf(other))) as EngineKit
    expect(Object.keys(again).toSorted()).toEqual(Object.keys(kit).toSorted())
    for (const part of ['engine', 'before', 'core', 'after'] as const)
      expect([part, Buffer.compare(again[part], kit[part])]).toEqual([part, 0])
    expect([again.bindings, again.common]).toEqual([kit.bindings, kit.common])
  })

  it('is not made where the component has another memory than the snapshot', () => {
    expect(kitOf({ ...other, snapshot: other.engine })).toBeUndefined()
  })

  it('is replaced where it is of another engine than the one that is installed', async () => {
    using folder = engineFolder(packKit({ ...kit, common: 'of another engine' }))
    const made = await makeComponent({ code: agent('healed'), map: '', wit, engineDir: folder.path })
    expect(Buffer.compare(made.subarray(0, kit.before.byteLength), kit.before)).toBe(0)
    expect(Buffer.compare(made.subarray(-kit.after.byteLength), kit.after)).toBe(0)
    expect(Buffer.compare(readFileSync(folder.file), packKit(kit))).toBe(0)
    expect(readdirSync(folder.path)).toHaveLength(1)
  })

  it('is replaced where it is damaged, and not waited for while an agent hangs, which ends with its build', async () => {
    const good = packKit(kit)
    using folder = engineFolder(good.subarray(0, good.byteLength - 1000))
    const stop = new AbortController()
    try {
      const hangs = Promise.withResolvers<void>()
      const hanging = makeComponent({
        code: `console.log('hangs')\nfor (;;) {}\n${agent('never')}`,
        map: '',
        wit,
        engineDir: folder.path,
        onPrint: (line) => line === 'hangs' && hangs.resolve(),
        signal: stop.signal,
      })
      const outcome = hanging.then(
        () => 'made',
        (error: Error) => error.message,
      )
      await hangs.promise
      // No lock is there either.
      expect(readdirSync(folder.path)).toEqual([basename(folder.file)])
      expect(Buffer.compare(readFileSync(folder.file), good)).toBe(0)
      const made = await makeComponent({ code: agent('other'), map: '', wit, engineDir: folder.path })
      expect(made.byteLength).toBeGreaterThan(0)
      stop.abort()
      expect(await outcome).toBe('The build was stopped.')
    } finally {
      stop.abort()
    }
  })

  it('ends a build at the snapshot, which says what is wrong with the code all the same', async () => {
    const run = async (code: string) => {
      using started = startComponentize({ code, wit })
      const { child, request, answered } = started
      writeFileSync(request.engine, kit.engine)
      writeFileSync(request.bindings, kit.bindings)
      child.send({ ...request, engineGiven: true })
      const answer = await answered
      const snapshot = existsSync(request.snapshot) ? readFileSync(request.snapshot) : undefined
      return { answer, snapshot, isWhole: existsSync(request.output) }
    }
    const [good, bad] = await Promise.all([run(agent('given')), run(`${agent('bad')}undefinedName.x\n`)])
    expect(good).toMatchObject({ answer: { ok: true }, isWhole: false })
    const component = componentOf(kit, good.snapshot as Uint8Array)
    expect(component?.subarray(0, 8)).toEqual(Buffer.from('0061736d0d000100', 'hex'))
    expect(bad).toEqual({
      answer: { ok: false, message: expect.stringContaining('undefinedName') as string },
      snapshot: undefined,
      isWhole: false,
    })
  })
})
