import type { GuestContext } from '../worker/guest-context'
import { ByteQueue, InputStream } from './io/input-stream'
import { OutputStream } from './io/output-stream'
import { LineSink } from './line-sink'

class TerminalInput {}
class TerminalOutput {}

/** Ends the instance: `wasi:cli/exit` never returns to the guest. */
class GuestExit extends Error {
  override name = 'GuestExit'
}

/** `wasi:cli`: no arguments, no environment, an empty stdin; stdout and stderr are log lines. */
export function cli(context: GuestContext) {
  const stdout = new LineSink((line) => context.log('stdout', line))
  const stderr = new LineSink((line) => context.log('stderr', line))
  context.onEnd(() => {
    stdout.finish()
    stderr.finish()
  })
  return {
    'wasi:cli/environment': { getEnvironment: () => [], getArguments: () => [], initialCwd: () => undefined },
    'wasi:cli/exit': {
      exit: (status: { tag: 'ok' | 'err' }) => {
        throw new GuestExit(`the guest called exit (${status.tag})`)
      },
      exitWithCode: (code: number) => {
        throw new GuestExit(`the guest called exit (${code})`)
      },
    },
    'wasi:cli/stdin': {
      getStdin: () => {
        const nothing = new ByteQueue()
        nothing.end()
        return new InputStream(context, nothing)
      },
    },
    'wasi:cli/stdout': { getStdout: () => new OutputStream(context, stdout) },
    'wasi:cli/stderr': { getStderr: () => new OutputStream(context, stderr) },
    'wasi:cli/terminal-input': { TerminalInput },
    'wasi:cli/terminal-output': { TerminalOutput },
    'wasi:cli/terminal-stdin': { getTerminalStdin: () => undefined },
    'wasi:cli/terminal-stdout': { getTerminalStdout: () => undefined },
    'wasi:cli/terminal-stderr': { getTerminalStderr: () => undefined },
  }
}
