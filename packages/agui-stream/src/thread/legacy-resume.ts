import { compileSchema, type Interrupt, type JsonObject, type JsonValue } from '@pf-agents/agent-core'
import { isObject } from '../input/checker'
import type { ResumeEntry, RunInput } from '../input/run-input'
import type { Thread } from './thread'

/**
 * The request with what front ends of before interrupts answer (`forwardedProps.command.resume`) as answers: to the one
 * question that is open, or to several by their ids. Unchanged where it has answers of its own, or nothing is asked.
 */
export async function withLegacyResume(input: RunInput, thread: Thread): Promise<RunInput> {
  const command = isObject(input.forwardedProps) ? input.forwardedProps['command'] : undefined
  const given = isObject(command) ? command['resume'] : undefined
  if (input.resume.length > 0 || given === undefined || given === null) return input
  const open = ((await thread.waiting())?.facts.interrupts ?? []).filter(
    ({ status, kind }) => status === 'open' && kind !== 'client-tool',
  )
  const byId = open.filter(({ id }) => isObject(given) && Object.hasOwn(given, id))
  const [only] = open
  const answered =
    byId.length > 0
      ? byId.map((one) => ({ one, value: (given as JsonObject)[one.id] as JsonValue }))
      : only !== undefined && open.length === 1
        ? [{ one: only, value: given }]
        : []
  const resume = await Promise.all(
    answered.map(async ({ one, value }): Promise<ResumeEntry> => ({
      interruptId: one.id,
      status: 'resolved',
      payload: await fitting(one, value),
    })),
  )
  return resume.length > 0 ? { ...input, resume } : input
}

/** What was given, or where it is the text of JSON that fits the schema while the text itself does not, that. */
async function fitting({ schema }: Interrupt, value: JsonValue): Promise<JsonValue> {
  if (schema === undefined || typeof value !== 'string') return value
  const compiled = compileSchema(schema)
  if ((await compiled.check(value)).issues === undefined) return value
  try {
    const parsed = JSON.parse(value) as JsonValue
    return (await compiled.check(parsed)).issues === undefined ? parsed : value
  } catch {
    return value
  }
}
