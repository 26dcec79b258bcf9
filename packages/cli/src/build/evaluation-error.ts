import { PfError } from '@pf-agents/agent-core'
import { mapStack } from './map-stack'

const hints: readonly (readonly [RegExp, string])[] = [
  [/setTimeout|setInterval/, 'A timer can not be started at module scope. Start it in a handler.'],
  [/fetch can only/, 'Nothing can be fetched at module scope. Fetch in a handler.'],
  [
    /invalid property name in regular expression/,
    'The engine knows no \\p{…} in regular expressions. Write the characters out.',
  ],
  [
    // In quotes, each backslash is two.
    /must be a regular expression.*\\p\{|schemas by regular expression.*\\p\{/i,
    'The engine of components (wasm) knows no \\p{…} in the patterns of a JSON Schema, as Node does. Write the characters out, as in [A-Za-zÀ-ɏ].',
  ],
  [/unknown imported function/, 'A function of the host can not be called at module scope. Call it in a handler.'],
  [
    /Error loading module/,
    'A component is one file: nothing can be loaded with import() later. Import it at the top of a file.',
  ],
]

/** Leading `agent.js:1:20 ` that the engine puts before each line of its message; of a class of errors it knows no file. */
const linePrefix = /^(?:(?:\S*\/)?agent\.js|undefined):\d+(?::\d+)? /

/** What tells that it got as far as the code, and did not fail before. */
const evaluated =
  /Exception while evaluating|`componentize\.wizer` function trapped|unknown imported function|\bagent\.js:\d|^undefined:\d|Error loading module/m

/** What componentize-js says of modules that fail while they are evaluated, in the words of the user's own files. */
export function evaluationError(message: string, map: string): PfError {
  const [head = '', ...rest] = message
    .replace(/^Failed to initialize component \(.*\):\n/, '')
    .replace(/^Exception while evaluating top-level script\n/m, '')
    .split(/\n?Additionally, some promises were rejected/)
  const trap = /attempted to call an unknown imported function: '([^']+)' '([^']+)'/.exec(head)
  const said = trap
    ? `It called ${trap[1]} ${trap[2]}.`
    : head
        .split('\n')
        .filter((line) => !/^\s*\d+: 0x[0-9a-f]+ - /.test(line))
        .map((line) => line.replace(linePrefix, ''))
        .join('\n')
        .trim()
  // The first line of the head carries the place; the stack that follows the rejection carries every frame.
  const place = linePrefix.exec(head.replace(/^undefined:.*/s, ''))?.[0].trim()
  const frames =
    /Stack:\n([\s\S]*)/
      .exec(rest.join(''))?.[1]
      ?.split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes('agent.js:')) ?? []
  const stack = (frames.length > 0 ? frames : place ? [place] : []).map(
    (frame) => `    at ${mapStack(frame.replace(/^@/, ''), map, process.cwd())}`,
  )
  const hint = hints.find(([pattern]) => pattern.test(message))?.[1]
  const lines = [
    evaluated.test(message)
      ? 'The modules of the agent can not be evaluated, which happens once, at build time.'
      : 'The component can not be made.',
    said,
    ...stack,
    ...(hint ? [hint] : []),
  ]
  return new PfError('PF_BUILD_FAILED', lines.join('\n'))
}
