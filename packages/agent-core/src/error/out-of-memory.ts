/**
 * Whether something was thrown because a component has no memory left: its engine throws the bare string
 * "out of memory". Also true of an error that this was the cause of.
 */
export function isOutOfMemory(error: unknown): boolean {
  if (isLack(error)) return true
  return error instanceof Error && isLack(error.cause)
}

function isLack(value: unknown): boolean {
  return value === 'out of memory' || (value instanceof Error && value.message === 'out of memory')
}
