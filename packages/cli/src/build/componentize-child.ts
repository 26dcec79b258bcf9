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

async function make({ source, wit, output }: ComponentizeRequest): Promise<ComponentizeAnswer> {
  try {
    // The declared options want a path, and do not know the name of a source given as text.
    const options = { sourceName: 'agent.js' } as unknown as Parameters<typeof componentize>[2]
    const { component } = await componentize(await readFile(source, 'utf8'), wit, options)
    await writeFile(output, component)
    return { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
