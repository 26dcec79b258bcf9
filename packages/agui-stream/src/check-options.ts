import { PfError } from '@pf-agents/agent-core'
import type { AguiStreamOptions } from './options'

/** The longest that a timer waits: a longer one would go off at once. */
const longestMs = 2_147_483_647

/** What the numbers may be: from, to, and what they count. */
const numbers = {
  graceMs: [0, longestMs, 'milliseconds'],
  heartbeatMs: [0, longestMs, 'milliseconds'],
  stallMs: [1, longestMs, 'milliseconds'],
  maxStreams: [1, Number.MAX_SAFE_INTEGER, 'streams'],
  // Clients refuse frames of more than 10 Mi characters; below a thousand hardly an event would fit.
  frameLength: [1_000, 10 * 1024 * 1024, 'characters'],
} as const

const words = { onDisconnect: ['cancel', 'detach'], guard: ['repair', 'strict'] } as const

/** @throws PfError PF_CONFIG_INVALID where an option has a value that it can not have */
export function checkOptions(options: AguiStreamOptions): void {
  for (const [name, [least, most, unit]] of Object.entries(numbers)) {
    const value: unknown = options[name as keyof typeof numbers]
    const isFine = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
    if (value !== undefined && !isFine) throw wrong(name, value, `a whole number of ${unit}, ${least} to ${most}`)
  }
  for (const [name, known] of Object.entries(words)) {
    const value: unknown = options[name as keyof typeof words]
    if (value !== undefined && !known.includes(value as never)) throw wrong(name, value, `"${known.join('" or "')}"`)
  }
  const { cors } = options
  if (cors === undefined || cors === '*') return
  if (!Array.isArray(cors)) throw wrong('cors', cors, '"*" or a list of origins')
  for (const origin of cors as readonly unknown[])
    if (typeof origin !== 'string' || !/^[a-z][a-z0-9+.-]*:\/\/[^/\s?#@A-Z]+$/.test(origin))
      throw wrong('cors', origin, 'origins as browsers send them, without a path, such as "https://app.example.com"')
}

function wrong(name: string, value: unknown, wanted: string): PfError {
  return new PfError('PF_CONFIG_INVALID', `aguiStream: "${name}" is ${wanted}, not ${JSON.stringify(value)}.`)
}
