/**
 * A process of its own for componentize-js: it blocks while it works, and what the agent prints while its modules are
 * evaluated goes to its output. Imports nothing of this package, so that Node can run it from sources.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { componentize } from '@bytecodealliance/componentize-js'

/** What the parent asks for. */
export interface ComponentizeRequest {
  source: string
  wit: string
  output: string
}

/** What comes back. */
export type ComponentizeAnswer = { ok: true } | { ok: false; message: string }

process.once('message', (request: ComponentizeRequest) => {
  void make(request).then((answer) => process.send?.(answer, undefined, undefined, () => process.disconnect()))
})

// Whoever asked is gone, killed maybe: nobody wants the answer.
process.once('disconnect', () => process.exit())

async function make({ source, wit, output }: ComponentizeRequest): Promise<ComponentizeAnswer> {
  try {
    await keepRandomness()
    // The declared options want a path, and do not know the name of a source given as text.
    const options = { sourceName: 'agent.js' } as unknown as Parameters<typeof componentize>[2]
    const { component } = await componentize(await readFile(source, 'utf8'), wit, options)
    await writeFile(output, component)
    return { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

/** The last pass over the engine: gives the interfaces of features that are turned off, and more, a body that traps. */
interface Splicer {
  stubWasi(engine: Uint8Array, ...rest: unknown[]): Uint8Array
}

/**
 * Hides the import `random_get` from the pass that replaces it by a trap (ComponentizeJS #334, open in 0.23): without
 * it, importing an RSA or ECDSA key ends the instance. The name has the same length, so the module stays well formed.
 */
async function keepRandomness(): Promise<void> {
  const entry = import.meta.resolve('@bytecodealliance/componentize-js')
  const { splicer } = (await import(new URL('../lib/spidermonkey-embedding-splicer.js', entry).href)) as {
    splicer: Splicer
  }
  const { stubWasi } = splicer
  const [shown, hidden] = ['wasi_snapshot_preview1', 'wasi_snapshot_previewX']
  // In the import section a name stands behind its length.
  const random = '\u0016NAME\u000arandom_get'
  splicer.stubWasi = (engine, ...rest) => {
    const stubbed = stubWasi(renamed(engine, random.replace('NAME', shown), random.replace('NAME', hidden)), ...rest)
    return renamed(stubbed, hidden, shown)
  }
}

/** The bytes with one text in place of another of the same length. */
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(from, 0, 'latin1'); at >= 0; at = copy.indexOf(from, at + from.length, 'latin1'))
    copy.write(to, at, 'latin1')
  return copy
}
