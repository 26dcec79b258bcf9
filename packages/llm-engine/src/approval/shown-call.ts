import type { JsonValue } from '@pf-agents/agent-core'
import { visible } from './visible'
import { type WhatRuns, whatRuns } from './what-runs'

const maxShown = 2000
/** All of a call, then characters of each text and entries of each list, until it fits. */
const shownLengths = [undefined, 400, 100, 30]

/**
 * A call, for people: with what it runs with, where that is known, else with what was written. The arguments are JSON, so
 * that they can't pose as more of the question. Of long ones each text is shown in part, so that none of them can be
 * hidden behind another.
 */
export function shownCall({ name, arguments: written }: { name: string; arguments: string }, runs?: WhatRuns): string {
  const call = `${visible(JSON.stringify(name))} with `
  if (runs === undefined) return call + shownJson(written)
  if (runs.isWhole) return call + shownJson(runs.json)
  return `${call}${shownJson(runs.json)}, which is not all JSON; written as ${shownJson(written)}`
}

function shownJson(json: string): string {
  const value = parsed(json)
  const note = `(${json.length} characters`
  let shown = ''
  for (const length of shownLengths) {
    // Written anew: blanks between arguments could push one out of view.
    shown = visible(whatRuns(value, length).json)
    if (shown.length > maxShown) continue
    if (length === undefined) return shown
    break
  }
  if (shown.length <= 4 * maxShown) return `${shown} ${note}; long texts are shown in part)`
  // So many that nobody could read them all.
  return `${shown.slice(0, 4 * maxShown)}… ${note}; the rest is NOT shown)`
}

/** What is no JSON is shown as text. */
function parsed(json: string): JsonValue {
  try {
    return JSON.parse(json) as JsonValue
  } catch {
    return json
  }
}
