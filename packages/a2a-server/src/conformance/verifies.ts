import { type RequirementId, requirements } from './manifest'
import type { Requirement } from './requirement'

/**
 * Cites requirements in the title of the test that verifies them: `[CORE-GET-001, CORE-HIST-002]`. Throws while tests are
 * being registered where an id is not in the manifest, or is one that carries a reason not to be verified: who verifies it
 * after all deletes the reason first.
 *
 * Packages below the server can not import this; they write the ids into their titles. The coverage test reads both.
 *
 * @example
 * ```ts
 * it(`answers with the task as it stands ${verifies('CORE-GET-001')}`, async () => { … })
 * ```
 */
export function verifies(...ids: [RequirementId, ...RequirementId[]]): string {
  for (const id of ids) {
    if (!Object.hasOwn(requirements, id)) throw new Error(`${id} is no requirement of the manifest`)
    const { deferred }: Requirement = requirements[id]
    if (deferred) throw new Error(`${id} carries a reason not to be verified: ${deferred.reason}`)
  }
  return `[${ids.join(', ')}]`
}
