import type { JsonValue, RunContext } from '@pf-agents/agent-core'
import type { Cut } from './cut'
import { isCut } from './fit-state'

const key = 'pf.context-window/cut'

/** What an earlier task of this conversation decided, if anything. Whether it is about this history, its revision says. */
export async function loadSnapshot(context: RunContext, strategy: string): Promise<Cut | undefined> {
  try {
    const stored = (await context.state.context.get(key)) as { strategy?: string; cut?: unknown } | undefined
    return stored?.strategy === strategy && isCut(stored.cut) ? stored.cut : undefined
  } catch (error) {
    context.log('warn', 'The cut of an earlier task could not be read.', { error: String(error) })
    return undefined
  }
}

/** Lets later tasks of this conversation begin with the same cut. */
export async function saveSnapshot(context: RunContext, strategy: string, cut: Cut): Promise<void> {
  try {
    await context.state.context.set(key, { strategy, cut: cut as unknown as JsonValue })
  } catch (error) {
    context.log('warn', 'The cut could not be kept for later tasks.', { error: String(error) })
  }
}
