import type { JsonObject, JsonPatchOperation, JsonValue } from '@pf-agents/agent-core'
import { applyPatch, PatchError } from '../state/json-patch'
import type { WireEventOf, WireMessage } from '../wire/event'
import { isObject } from './shape'
import { continued, type GuardScope, tagged } from './scope'

interface Activity {
  readonly activityType: string
  readonly owner: string | undefined
  content: JsonValue
}

/** Activities: told as a whole first, then changed by patches that apply. */
export class ActivityRules {
  readonly #scope: GuardScope
  readonly #known = new Map<string, Activity>()

  constructor(scope: GuardScope) {
    this.#scope = scope
  }

  /** Takes in an activity that the client holds. */
  seed({ id, activityType, content, subagentRunId }: Extract<WireMessage, { role: 'activity' }>): void {
    this.#known.set(id, { activityType, owner: subagentRunId, content: content as JsonObject })
  }

  snapshot(event: WireEventOf<'ACTIVITY_SNAPSHOT'>): void {
    const { ids, broken, ownerOf, emit } = this.#scope
    let content = event.content as unknown
    if (!isObject(content)) {
      broken('malformed', 'The content of an activity is an object.')
      content = { value: (content ?? null) as JsonValue }
    }
    const messageId = ids.claim(event.messageId, 'activity', () =>
      broken('message-id-reused', `${event.messageId} is a message of another role.`),
    )
    const before = this.#known.get(messageId)
    const owner = before === undefined ? ownerOf(event) : before.owner
    ids.note(messageId, 'activity', owner)
    if (before === undefined || event.replace !== false)
      this.#known.set(messageId, { activityType: event.activityType, owner, content: content as JsonObject })
    emit(tagged({ ...event, messageId, content: content as JsonObject }, owner))
  }

  delta(event: WireEventOf<'ACTIVITY_DELTA'>): void {
    const { ids, broken, emit } = this.#scope
    const messageId = ids.resolve(event.messageId, 'activity')
    const activity = this.#known.get(messageId)
    if (activity === undefined)
      return broken('activity-delta', `The activity ${event.messageId} was not told as a whole before.`)
    const { activityType, owner } = activity
    try {
      const content = applyPatch(activity.content, event.patch as JsonPatchOperation[])
      if (!isObject(content)) throw new PatchError('It makes something else of an object.')
      activity.content = content
    } catch (error) {
      if (!(error instanceof PatchError)) throw error
      return broken('activity-delta', `A change of ${event.messageId} does not apply: ${error.message}`)
    }
    emit(continued(this.#scope, { ...event, messageId, activityType }, owner))
  }
}
