import { declareTarget } from '../host'
import { addAbortSignalMembers } from './abort-signal'
import { addStreamIteration } from './stream-iteration'

// The one place with side effects at module scope: everything after it finds the guest's Web APIs put right, and knows
// where it runs. All of it is frozen into the component's snapshot.
declareTarget('wasm')
addAbortSignalMembers()
addStreamIteration()
