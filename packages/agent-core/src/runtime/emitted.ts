import { PfError } from '../error/pf-error'
import type { RunEvent } from '../event/run-event'

/** Events after which a run could begin again without anything being there twice. */
const harmless: ReadonlySet<RunEvent['type']> = new Set([
  'status',
  'usage',
  'step-start',
  'step-end',
  'reasoning-start',
  'reasoning-delta',
  'reasoning-end',
])

/** Whether an event leaves something behind. */
export function isProgress(event: RunEvent): boolean {
  // That a model was asked once more, or another one, is only told.
  if (event.type === 'custom') return !event.name.startsWith('pf.model-')
  return !harmless.has(event.type)
}

/**
 * Refuses what only the runtime may say: a handler says how its run ends, and what it asks, by its reply.
 * @throws PfError PF_CONFIG_INVALID
 */
export function checkEmitted(event: RunEvent): void {
  const type: unknown = (event as { type?: unknown } | undefined)?.type
  if (typeof type !== 'string') throw refused('Only events can be emitted: objects with a type.')
  if (event.type === 'status' && event.status.state !== 'working')
    throw refused(`A handler can not set the state ${event.status.state} by an event: end it with a reply.`)
  if (type.startsWith('interrupt-'))
    throw refused('A handler can not emit questions: end it with reply.inputRequired(…).')
}

function refused(message: string): PfError {
  return new PfError('PF_CONFIG_INVALID', message)
}
