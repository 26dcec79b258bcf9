import { init, parse } from 'es-module-lexer'
import { PfError } from '@pf-agents/agent-core'
import { mapStack } from '../build/map-stack'

/**
 * A component is one file without a loader: `import(name)` of a name that is only known later ends the whole guest with
 * a trap. Told for the user's own files; packages often have such a call behind a check for Node, where it never runs.
 *
 * @throws PfError PF_BUILD_FAILED
 */
export async function refuseComputedImports(code: string, map: string): Promise<void> {
  await init
  const [imports] = parse(code)
  const places = imports
    .filter(({ d, n }) => d >= 0 && n === undefined)
    .map(({ ss }) => {
      const before = code.slice(0, ss).split('\n')
      return mapStack(`agent.js:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`, map, process.cwd())
    })
    .filter((place) => !place.includes('node_modules/') && !place.startsWith('agent.js:'))
  if (places.length === 0) return
  throw new PfError(
    'PF_BUILD_FAILED',
    `A component is one file: nothing can be loaded by a name that is only known later. Import it at the top of the file, or by its literal name.\n${places.map((place) => `    import(…) at ${place}`).join('\n')}`,
  )
}
