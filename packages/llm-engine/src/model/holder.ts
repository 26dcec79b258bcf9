import { type ModelStreamPart, PfError } from '@pf-agents/agent-core'

/**
 * Counts what is kept until an answer ends. Text goes on at once; the arguments of a call, or sound, are kept until they
 * are whole, and a model may never end them.
 *
 * @throws PfError PF_REMOTE_RESPONSE, by the function it gives, where it is too much
 */
export function holder(
  most: number,
  what = 'The arguments of the calls have',
  option = 'maxArgumentsLength',
): (length: number) => void {
  let held = 0
  return (length) => {
    held += length
    if (held > most) {
      throw new PfError('PF_REMOTE_RESPONSE', `${what} more than ${most} characters. Raise ${option}, or ask for less.`)
    }
  }
}

/** What a part takes up besides its text, and besides files, which whoever reads it counts: in characters, about. */
export function keptLength(part: ModelStreamPart): number {
  const { data, providerData } = part as { data?: unknown; providerData?: unknown }
  return 'delta' in part ? 0 : 64 + JSON.stringify([data, providerData]).length
}
