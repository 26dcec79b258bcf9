/**
 * A process of its own for componentize-js: it blocks while it works, and what the agent prints while its modules are
 * evaluated goes to its output. Imports nothing of this package, so that Node can run it from sources.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { componentize } from '@bytecodealliance/componentize-js'

/** What the parent asks for: files that it reads and writes. */
export interface ComponentizeRequest {
  source: string
  wit: string
  /** The component. Not written where the engine is given. */
  output: string
  /** The engine with the bindings of the world. */
  engine: string
  /** What the splicer told of the bindings, JSON. */
  bindings: string
  /** The engine with the code evaluated in it. */
  snapshot: string
  /**
   * Whether engine and bindings are there from an earlier run: then it stops once the snapshot is written. Else it writes
   * all four.
   */
  engineGiven: boolean
  /**
   * A home directory for the program that evaluates code: it compiles the engine, and keeps that there. Default: that of
   * the user in the system's records; it does not know any other, and gives up where it can not write there.
   */
  home?: string | undefined
}

/** What comes back. */
export type ComponentizeAnswer = { ok: true } | { ok: false; message: string }

process.once('message', (request: ComponentizeRequest) => {
  void make(request).then((answer) => process.send?.(answer, undefined, undefined, () => process.disconnect()))
})

// Whoever asked is gone, killed maybe: nobody wants the answer.
process.once('disconnect', () => process.exit())

/** Thrown to end componentize-js where nobody needs its last steps; it has no other way out. */
const enough = new Error('The snapshot is made.')

async function make(request: ComponentizeRequest): Promise<ComponentizeAnswer> {
  try {
    await takeSplicer(request)
    // The declared options want a path, and do not know the name of a source given as text.
    const { home } = request
    const options = { sourceName: 'agent.js', ...(home !== undefined && { env: { HOME: home } }) }
    const { component } = await componentize(
      await readFile(request.source, 'utf8'),
      request.wit,
      options as unknown as Parameters<typeof componentize>[2],
    )
    await writeFile(request.output, component)
    return { ok: true }
  } catch (error) {
    if (error === enough) return { ok: true }
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

/** What stands in componentize-js before the evaluation of code, and behind it. */
interface Splicer {
  /** The engine with the bindings of a world, and what there is to say of them. */
  spliceBindings(engine: Uint8Array, ...world: unknown[]): { wasm: Uint8Array }
  /** The last pass over the engine: gives the interfaces of features that are turned off, and more, a body that traps. */
  stubWasi(engine: Uint8Array, ...world: unknown[]): Uint8Array
}

/**
 * Takes the engine from an earlier run, or keeps what a later one can use; most of the time of a build goes there.
 *
 * And hides the import `random_get` from the pass that replaces it by a trap (ComponentizeJS #334, open in 0.23): without
 * it, importing an RSA or ECDSA key ends the instance. The name has the same length, so the module stays well formed.
 */
async function takeSplicer({ engine, bindings, snapshot, engineGiven, home }: ComponentizeRequest): Promise<void> {
  const entry = import.meta.resolve('@bytecodealliance/componentize-js')
  const { splicer } = (await import(new URL('../lib/spidermonkey-embedding-splicer.js', entry).href)) as {
    splicer: Splicer
  }
  const { spliceBindings, stubWasi } = splicer
  splicer.spliceBindings = (plain, ...world) => {
    if (engineGiven) return { wasm: readFileSync(engine), ...(JSON.parse(readFileSync(bindings, 'utf8')) as object) }
    const { wasm, ...told } = spliceBindings(plain, ...world)
    writeFileSync(engine, wasm)
    writeFileSync(bindings, JSON.stringify(told))
    return { wasm, ...told }
  }
  const [shown, hidden] = ['wasi_snapshot_preview1', 'wasi_snapshot_previewX']
  // In the import section a name stands behind its length.
  const random = '\u0016NAME\u000arandom_get'
  splicer.stubWasi = (withHome, ...world) => {
    const evaluated = home === undefined ? withHome : withoutHome(withHome, home)
    writeFileSync(snapshot, evaluated)
    if (engineGiven) throw enough
    const stubbed = stubWasi(
      renamed(evaluated, random.replace('NAME', shown), random.replace('NAME', hidden)),
      ...world,
    )
    return renamed(stubbed, hidden, shown)
  }
}

/** The engine gets the variables of its program, and its memory becomes a part of the component: a path is none of it. */
function withoutHome(evaluated: Uint8Array, home: string): Uint8Array {
  const path = Buffer.from(home).toString('latin1')
  return renamed(evaluated, `HOME=${path}`, `HOME=${'/'.repeat(path.length)}`)
}

/** The bytes with one text in place of another of the same length. */
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(from, 0, 'latin1'); at >= 0; at = copy.indexOf(from, at + from.length, 'latin1'))
    copy.write(to, at, 'latin1')
  return copy
}
