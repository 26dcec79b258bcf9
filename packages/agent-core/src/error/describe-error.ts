/** How far a chain of causes is followed. */
const maxCauses = 5

/**
 * An error as text for a log: its name, its message, its stack, and what caused it. On Node a stack begins with name and
 * message; in a component it has neither, so that a log of stacks alone says where something failed and not what.
 *
 * @example
 * ```ts
 * logger.log('error', 'A handler threw.', { error: describeError(error) })
 * ```
 */
export function describeError(error: unknown): string {
  const texts: string[] = []
  const seen = new Set<unknown>()
  let next = error
  do {
    seen.add(next)
    texts.push(describeOne(next))
    next = next instanceof Error ? next.cause : undefined
  } while (next !== undefined && !seen.has(next) && texts.length <= maxCauses)
  return texts.join('\nCaused by: ')
}

function describeOne(error: unknown): string {
  if (error instanceof Error) return describeInstance(error)
  if (typeof error !== 'object' || error === null) return String(error)
  const kind = Object.prototype.toString.call(error)
  try {
    return JSON.stringify(error) ?? kind
  } catch {
    return kind
  }
}

function describeInstance(error: Error): string {
  const { name, message, stack } = error
  const head = message === '' ? name : `${name}: ${message}`
  if (stack === undefined || stack === '') return head
  if (message === '' ? stack.startsWith(name) : stack.includes(`: ${message}`)) return stack
  const frames = stack.split('\n').filter((line) => line.trim() !== '')
  return [head, ...frames.map((line) => `    at ${line.trim().replace(/^at /, '')}`)].join('\n')
}
