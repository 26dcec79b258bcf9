import { PfError, type RunContext } from '@pf-agents/agent-core'
import { scopeOf } from '../loop/scope'
import { isObject } from '../wire/json'
import type { Kept, KeptKey } from './kept-run'

/**
 * Where versions before 3 kept loops: by a name alone, whoever asked. Keys and numbers were told apart by nothing but
 * that a key had no shape.
 */
const prefix = 'pf.llm/'

/**
 * What an earlier version has kept of a request; from then on it is the request's own.
 *
 * @throws PfError PF_CHECKPOINT_SCHEMA where it can't be told whose it is: to begin anew could do things twice
 */
export function takeEarlier(context: RunContext, key: KeptKey): Kept | undefined {
  const { task } = context.state
  const all = task.all()
  const names = Object.keys(all).filter((name) => name.startsWith(prefix))
  if (names.length === 0) return undefined
  const read = (name: string): Kept | undefined => {
    const value = all[name]
    return isObject(value) ? (value as unknown as Kept) : undefined
  }
  const take = (name: string): Kept | undefined => {
    const kept = read(name)
    task.set(name, undefined)
    return kept
  }
  if (key.by !== 'number') {
    const name = `${prefix}${key.by === 'skill' ? 'skill/' : ''}${key.name}`
    return read(name)?.shape === '' ? take(name) : undefined
  }
  const numbered = names.filter((name) => read(name)?.shape !== '')
  const likely = numbered.filter((name) => isWaiting(read(name)) && read(name)?.shape === key.shape)
  if (scopeOf(context).path === '') {
    const own = `${prefix}${key.name}`
    if (likely.includes(own) || (numbered.includes(own) && read(own)?.print === key.print)) return take(own)
    if (!numbered.some((name) => isWaiting(read(name)))) return undefined
  } else {
    // Within tools numbers were shared by all of them. What asks for the very same waits for the very same.
    const [first, ...others] = numbered.filter((name) => read(name)?.print === key.print)
    if (first !== undefined && [first, ...others].every((name) => isWaiting(read(name)))) return take(first)
    if (first === undefined && !numbered.some((name) => isWaiting(read(name)))) return undefined
    if (numbered.length === 1 && likely[0] !== undefined) return take(likely[0])
  }
  throw new PfError(
    'PF_CHECKPOINT_SCHEMA',
    'This task waits for requests to the model whose state an earlier llm-engine stored without telling which tool made them. Answer it with the version of @pf-agents/llm-engine that asked, or begin the task anew.',
    { retryable: true },
  )
}

function isWaiting(kept: Kept | undefined): boolean {
  return kept?.waiting !== undefined
}
