import { A2AError, type FieldViolation, type WireMessage, type WireTask } from '@pf-agents/a2a-protocol'
import type { Interrupt, InterruptAnswer, JsonObject, JsonValue, Message } from '@pf-agents/agent-core'

/**
 * URI of the extension by which questions have names. The status message of a task that waits carries
 * {@link InterruptMetadata} under it; the message that answers carries
 * `{ answers: [{ interruptId, status?: 'resolved' | 'cancelled', payload? }] }`.
 */
export const interruptExtensionUri = 'urn:pf-agents:a2a:interrupt:v1'

/** What a task that waits says about its open questions. */
export interface InterruptMetadata {
  interrupts: Omit<Interrupt, 'status' | 'answer' | 'child'>[]
}

/** Puts the open questions into the status message of a task that waits. */
export function addInterrupts(wire: WireTask, interrupts: readonly Interrupt[] | undefined): void {
  const open = interrupts?.filter((one) => one.status === 'open') ?? []
  if (open.length === 0) return
  const said: WireMessage = wire.status.message ?? {
    // A partial answer leaves no message of its own behind: the questions that are left speak.
    messageId: `${wire.id}:${open.map((one) => one.id).join(',')}`,
    role: 'ROLE_AGENT',
    parts: open.map((one) => ({ text: one.prompt })),
    taskId: wire.id,
    ...(wire.contextId !== undefined && { contextId: wire.contextId }),
  }
  const metadata: InterruptMetadata = {
    interrupts: open.map(({ status: _status, answer: _answer, child: _child, ...rest }) => rest),
  }
  wire.status.message = {
    ...said,
    metadata: { ...said.metadata, [interruptExtensionUri]: metadata as unknown as JsonObject },
    extensions: [...(said.extensions ?? []), interruptExtensionUri],
  }
}

/** The answers a message carries; `undefined` where it has none. @throws A2AError InvalidParamsError */
export function answersOf(message: Message): InterruptAnswer[] | undefined {
  const given = message.metadata?.[interruptExtensionUri]
  if (given === undefined) return undefined
  const violations: FieldViolation[] = []
  const field = `message.metadata["${interruptExtensionUri}"].answers`
  const list = isObject(given) ? given.answers : undefined
  if (!Array.isArray(list) || list.length > maxAnswers)
    throw refuse([{ field, description: `must be an array of at most ${maxAnswers}` }])
  const answers = list.flatMap((one, index): InterruptAnswer[] => {
    const answer = isObject(one) ? one : {}
    const { interruptId, status = 'resolved', payload } = answer
    if (typeof interruptId !== 'string')
      violations.push({ field: `${field}[${index}].interruptId`, description: 'must be a string' })
    if (status !== 'resolved' && status !== 'cancelled')
      violations.push({ field: `${field}[${index}].status`, description: 'must be resolved or cancelled' })
    return [
      {
        interruptId: interruptId as string,
        status: status as InterruptAnswer['status'],
        ...(payload !== undefined && { payload }),
      },
    ]
  })
  if (violations.length > 0) throw refuse(violations.slice(0, 32))
  return answers
}

const maxAnswers = 100

function refuse(violations: FieldViolation[]): A2AError {
  return new A2AError('InvalidParamsError', { violations })
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
