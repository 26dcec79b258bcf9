import { replayExtensionUri } from '@pf-agents/a2a-protocol'
import { type A2AExtension, defineExtension, type ResumePoint } from './extension'

/**
 * The replay extension: SubscribeToTask with the `id` of the last event that its caller has, as `Last-Event-ID`, gives
 * what comes behind it, and not the task first. An id that is none is as if it were not there.
 */
export const replayExtension: A2AExtension = defineExtension<ResumePoint | undefined>({
  uri: replayExtensionUri,
  description:
    'Events of a stream are numbered (SSE id). SubscribeToTask with Last-Event-ID goes on behind that event, even where the task is over by then.',
  begin({ operation, headers }) {
    const id = operation === 'SubscribeToTask' ? headers.get('last-event-id') : null
    const match = id === null ? null : /^(\d{1,15})(?:\.(\d{1,9}))?(\+?)$/.exec(id.trim())
    return match === null
      ? undefined
      : { seq: Number(match[1]), artifacts: Number(match[2] ?? 0), hasUnsaid: match[3] === '+' }
  },
  resume: (point) => point,
})
