import { type IncomingMessage, isSuspension, PfError, type ToolCall, type ToolResult } from '@pf-agents/agent-core'

/** Names of the questions that are being asked in a run, which is known by its message, and the calls that ask them. */
const beingAsked = new WeakMap<IncomingMessage, Map<string, string>>()

/**
 * Asks a question under its name, which is its own as long as it is open: answers come by name, and one answer must not
 * fill two questions.
 *
 * @throws PfError PF_INPUT_INVALID where another question has the name: for the model to read
 */
export async function withName(
  name: string | undefined,
  { context, toolCallId }: ToolCall,
  ask: () => Promise<ToolResult>,
): Promise<ToolResult> {
  if (name === undefined) return ask()
  const { message } = context
  const names = beingAsked.get(message) ?? new Map<string, string>()
  beingAsked.set(message, names)
  const isTaken =
    (names.get(name) ?? toolCallId) !== toolCallId ||
    context.interrupts.some((one) => one.status === 'open' && one.slot === name && one.toolCallId !== toolCallId)
  if (isTaken) {
    throw new PfError(
      'PF_INPUT_INVALID',
      `This was not asked: another open question has the name "${name}", and one answer would fill both. Ask it under a name of its own.`,
    )
  }
  names.set(name, toolCallId)
  let isAsked = false
  try {
    const result = await ask()
    isAsked = isSuspension(result)
    return result
  } finally {
    if (!isAsked) names.delete(name)
  }
}
