import { compileSchema } from '@pf-agents/agent-core'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { evaluationError } from './evaluation-error'

const thrown = `Failed to initialize component (wizer (/x/wizer)):
Exception while evaluating top-level script
agent.js:1:25 Error: boom

Additionally, some promises were rejected, but the rejection never handled:
Promise rejected but never handled: boom
Stack:
  boom@agent.js:1:25
  @agent.js:2:1`

it('keeps the message and the stack, and drops the machinery', () => {
  expect(evaluationError(thrown, '').message).toBe(
    [
      'The modules of the agent can not be evaluated, which happens once, at build time.',
      'Error: boom',
      '    at boom@agent.js:1:25',
      '    at agent.js:2:1',
    ].join('\n'),
  )
})

it('names the file and line of the user', async () => {
  const result = await build({
    stdin: {
      contents: '\n\nfunction boom() {\n  throw new Error("boom")\n}\nboom()',
      sourcefile: 'src/my-agent.ts',
      loader: 'ts',
    },
    bundle: true,
    write: false,
    outdir: '/',
    format: 'esm',
    minifyWhitespace: true,
    sourcemap: 'external',
  })
  const [map, code] = result.outputFiles.map(({ text }) => text) as [string, string]
  const column = code.indexOf('throw') + 1
  const { message } = evaluationError(thrown.replaceAll('1:25', `1:${column}`), map)
  expect(message).toContain('boom@src/my-agent.ts:4:3')
})

it('says of an error of a class of its own what it says, and where it comes from', () => {
  const own = thrown.replace('agent.js:1:25 Error: boom', 'undefined:174:5 PfError: The agent needs a name.')
  expect(evaluationError(own, '').message).toBe(
    [
      'The modules of the agent can not be evaluated, which happens once, at build time.',
      'PfError: The agent needs a name.',
      '    at boom@agent.js:1:25',
      '    at agent.js:2:1',
    ].join('\n'),
  )
  const alone = 'undefined:174:5 PfError: The agent needs a name.'
  expect(evaluationError(alone, '').message).toMatch(/time\.\nPfError: The agent needs a name\.$/)
})

it('says which function of the host was called', () => {
  const trap = `Error: the \`componentize.wizer\` function trapped

Caused by:
    0: error while executing at wasm backtrace:
           0: 0x227cef - <unknown>!<wasm function 5208>
    1: Error: attempted to call an unknown imported function: 'wasi:keyvalue/store@0.2.0-draft2' 'open'`
  const { message } = evaluationError(trap, '')
  expect(message).toContain('It called wasi:keyvalue/store@0.2.0-draft2 open.')
  expect(message).toContain('Call it in a handler.')
  expect(message).not.toContain('wasm function')
})

it.each([
  'Failed to initialize component (wizer (/x/wizer)):\nError: failed to create cache directory: /nonexistent/.cache/wasmtime\n\nCaused by:\n    Permission denied (os error 13)\n',
  'ENOSPC: no space left on device, write',
  'componentize-js ended with SIGKILL before it was done.',
])('does not blame the code where it was not evaluated: %j', (said) => {
  const { message } = evaluationError(said, '')
  expect(message).toMatch(/^The component can not be made\.\n/)
  expect(message).toContain(said.replace(/^Failed .*\n/, '').trim())
})

it('explains what the engine can not do', () => {
  const { message } = evaluationError(
    'agent.js:1:20 SyntaxError: invalid property name in regular expression:\nagent.js:1:20 \\p{L}\nagent.js:1:20 ..^',
    '',
  )
  expect(message).toContain('SyntaxError: invalid property name in regular expression:\n\\p{L}\n..^')
  expect(message).toContain('at agent.js:1:20')
  expect(message).toContain('The engine knows no \\p{…}')
})

it.each([{ pattern: '^\\p{Nothing}+$' }, { patternProperties: { '^\\p{Nothing}+$': true } }])(
  'explains what the engine can not do in the patterns of a schema: %j',
  (schema) => {
    // What components say of every \p{…}, and Node of names there are none of.
    const said = (): unknown => compileSchema(schema)
    expect(said).toThrow('regular expression')
    try {
      said()
    } catch (error) {
      const { message } = evaluationError(`agent.js:1:20 ${String(error)}`, '')
      expect(message).toContain('components (wasm) knows no \\p{…}')
    }
  },
)
