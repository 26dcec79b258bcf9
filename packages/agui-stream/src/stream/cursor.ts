/** Where a reader stands: a task of its thread, and the last event of it that it has. */
export interface Cursor {
  /** The end of the task's id: every frame carries it. */
  taskTail: string
  seq: number
}

const tailLength = 8

/** The cursor of a reader that has all up to this event. */
export function cursorAt(taskId: string, seq: number): string {
  return `${taskId.slice(-tailLength)}.${seq}`
}

/** Reads a cursor; `undefined` for what is none. */
export function parseCursor(text: string | null): Cursor | undefined {
  const match = /^([\w-]{1,8})\.(\d{1,15})$/.exec(text ?? '')
  return match === null ? undefined : { taskTail: match[1] as string, seq: Number(match[2]) }
}

/** The newest task that a cursor can mean. */
export function taskOf({ taskTail }: Cursor, taskIds: readonly string[]): string | undefined {
  return taskIds.find((taskId) => taskId.slice(-tailLength) === taskTail)
}
