/** Ids that are unique wherever they go: UUIDs, and those of model providers. */
const unique = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-|(?:call|toolu|fc|msg|rs|item|chatcmpl)[_-][A-Za-z0-9_-]{16,}$)/

/**
 * The id by which a client knows a message, a tool call or an artifact of a task. In a task ids need to be unique within
 * it, on a client within the thread: a second task that calls its text `answer` again would be appended to the first
 * one's. The same id always gives the same one, so that a re-join names what the client has.
 */
export function wireId(taskId: string, id: string): string {
  return unique.test(id) ? id : `${taskId.slice(-8)}-${id}`
}
