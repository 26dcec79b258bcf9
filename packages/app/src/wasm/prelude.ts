import { declareTarget } from '../host'
import { addAbortSignalMembers } from './abort-signal'
import { addLongStrings } from './long-strings'
import { addStreamIteration } from './stream-iteration'

/**
 * Puts the guest's Web APIs right and says where this code runs, for everything after it. Called at module scope, so that
 * all of it is frozen into the component's snapshot. A function, because bundlers drop a bare import of a package without
 * side effects.
 */
export function installPrelude(): void {
  declareTarget('wasm')
  addAbortSignalMembers()
  addStreamIteration()
  addLongStrings()
}
