import type { JsonPatchOperation, JsonValue } from '@pf-agents/agent-core'
import { diff } from '../state/diff'
import { applyPatch, isEqual, PatchError } from '../state/json-patch'
import type { WireEventOf } from '../wire/event'
import { type GuardScope, tagged } from './scope'

/** Characters of a patch from which on it is compared with the state as a whole. */
const smallPatch = 256

/**
 * The shared state, kept as the client has it: every patch is tried here first. Where it does not apply, or would be
 * longer than the state itself, the state itself is told.
 */
export class StateRules {
  readonly #scope: GuardScope
  #state: JsonValue
  /** Whether the client is known to have this state. */
  #isKnown: boolean

  /** @param state - what the client begins with; `undefined` where that is not known */
  constructor(scope: GuardScope, state: JsonValue | undefined) {
    this.#scope = scope
    this.#state = state ?? {}
    this.#isKnown = state !== undefined
  }

  get state(): JsonValue {
    return this.#state
  }

  snapshot(event: WireEventOf<'STATE_SNAPSHOT'>): void {
    const next = event.snapshot as JsonValue
    if (this.#isKnown && isEqual(this.#state, next)) return
    const patch = this.#isKnown ? diff(this.#state, next) : undefined
    this.#state = next
    this.#isKnown = true
    if (patch !== undefined && JSON.stringify(patch).length < JSON.stringify(next).length) {
      const { snapshot: _, ...rest } = event
      this.#emit({ ...rest, type: 'STATE_DELTA', delta: patch })
    } else this.#emit(event)
  }

  delta(event: WireEventOf<'STATE_DELTA'>): void {
    try {
      this.#state = applyPatch(this.#state, event.delta as JsonPatchOperation[])
    } catch (error) {
      if (!(error instanceof PatchError)) throw error
      this.#scope.broken('state-delta', `A change of the state does not apply: ${error.message}`)
      // Whoever made it may have meant another state than the client has: it is told where it stands.
      return this.#tell(event)
    }
    if (!this.#isKnown || this.#isLonger(event.delta)) this.#tell(event)
    else if (event.delta.length > 0) this.#emit(event)
  }

  /** Whether a patch is longer than the state that it makes, so that a client is better told that. */
  #isLonger(patch: readonly unknown[]): boolean {
    if (patch.length === 1 && isShort(patch[0])) return false
    const { length } = JSON.stringify(patch)
    return length > smallPatch && length > JSON.stringify(this.#state).length
  }

  #tell({ delta: _, ...rest }: WireEventOf<'STATE_DELTA'>): void {
    this.#isKnown = true
    this.#emit({ ...rest, type: 'STATE_SNAPSHOT', snapshot: this.#state })
  }

  #emit(event: WireEventOf<'STATE_SNAPSHOT'> | WireEventOf<'STATE_DELTA'>): void {
    this.#scope.emit(tagged(event, this.#scope.ownerOf(event)))
  }
}

/** Whether a change is clearly a short one: its value is no object, and no long text. */
function isShort(operation: unknown): boolean {
  const { path, value } = operation as { path: string; value?: unknown }
  const isPlain = typeof value === 'string' ? value.length < smallPatch / 8 : typeof value !== 'object'
  return isPlain && path.length < smallPatch / 8
}
