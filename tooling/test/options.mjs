// What a script of the workspace is told on its command line: `--help`, and sentences for what it does not know.
import { parseArgs } from 'node:util'

/** The wrong use of a script: its message is all that has to be said, its exit code is 2. */
const wrongUse = 2

/**
 * Reads the command line as `parseArgs` does. Ends the process where that asks for help, which is `usage` (exit code 0),
 * or cannot be understood (2).
 */
export function readOptions({ usage, options, ...config }) {
  const withHelp = { ...options, help: { type: 'boolean', short: 'h', default: false } }
  let read
  try {
    read = parseArgs({ ...config, options: withHelp })
  } catch (error) {
    if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error
    // Node goes on with how to pass something that starts with a dash, which is never meant here.
    refuse(`${error.message.split('. ')[0].replace(/\.$/, '')}. See --help.`)
  }
  if (read.values.help) {
    console.log(usage)
    process.exit(0)
  }
  return read
}

/** A list of names behind an option, separated by commas; every one has to be known. */
export function readNames(text, known, what) {
  const names = text?.split(',')
  const unknown = names?.filter((name) => !known.includes(name)) ?? []
  if (unknown.length > 0) refuse(`Unknown ${what} ${unknown.join(', ')}. Known: ${known.join(', ')}.`)
  return names
}

function refuse(sentence) {
  console.error(sentence)
  process.exit(wrongUse)
}
