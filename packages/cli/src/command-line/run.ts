import { parseArgs, type ParseArgsConfig } from 'node:util'
import { PfError } from '@pf-agents/agent-core'
import { buildCommand } from '../commands/build'
import { devCommand } from '../commands/dev'
import { inspectCommand } from '../commands/inspect'
import { upCommand } from '../commands/up'
import { type Command, OptionValues, UsageError } from './command'
import { commandHelp, overview } from './help'
import type { Terminal } from './terminal'
import { version } from './version'

const commands: readonly Command[] = [devCommand, buildCommand, upCommand, inspectCommand]

/** Runs a command line and resolves with the exit code: 0 done, 1 failed, 2 wrong usage. Never rejects. */
export async function run(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined) {
    terminal.note(overview(commands))
    return 2
  }
  if (name === '--help' || name === '-h' || name === 'help') return help(rest[0], terminal)
  if (name === '--version' || name === '-v') {
    terminal.out(version())
    return 0
  }
  const command = commands.find((one) => one.name === name)
  if (command === undefined) {
    terminal.note(
      `There is no command "${name}". There are ${commands.map((one) => one.name).join(', ')}; see pf --help.`,
    )
    return 2
  }
  return runCommand(command, rest, terminal, signal)
}

function help(name: string | undefined, terminal: Terminal): number {
  const command = commands.find((one) => one.name === name)
  terminal.out(command ? commandHelp(command) : overview(commands))
  return 0
}

async function runCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { values, positionals } = parse(command, args)
    if (values.flag('help')) {
      terminal.out(commandHelp(command))
      return 0
    }
    return await command.run({ positionals, values, terminal, signal })
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.note(`pf ${command.name}: ${error.message}\nSee pf ${command.name} --help.`)
      return 2
    }
    terminal.note(`pf ${command.name}: ${failureText(error)}`)
    return 1
  }
}

function parse(command: Command, args: readonly string[]): { values: OptionValues; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, help: { type: 'boolean' as const, short: 'h' } }).map(
      ([name, { type, short, ...rest }]) => [
        name,
        { type, ...(short && { short }), multiple: 'multiple' in rest && rest.multiple === true },
      ],
    ),
  )
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    } satisfies ParseArgsConfig)
    return { values: new OptionValues(values), positionals }
  } catch (error) {
    // What parseArgs says is meant for people; its hint on `--` is not.
    throw new UsageError(error instanceof Error ? (error.message.split('. To specify')[0] as string) : String(error))
  }
}

/** What went wrong, for a person; the stack only where it is our own fault. */
function failureText(error: unknown): string {
  if (PfError.is(error)) return error.message
  if (!(error instanceof Error)) return String(error)
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `${error.message}. Another program listens there; choose another with --port, or 0 for any.`
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return `${error.message}. This machine has no such address; give --host one that it has, such as 127.0.0.1, or 0.0.0.0 for all.`
  if (code === 'EACCES' && syscall === 'listen')
    return `${error.message}. This user may not listen there; choose a --port from 1024 up.`
  if (code !== undefined) return error.message
  return error.stack ?? error.message
}
