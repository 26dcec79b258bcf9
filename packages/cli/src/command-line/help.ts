import type { Command, OptionSpec } from './command'

const helpOption: Readonly<Record<string, OptionSpec>> = {
  help: { type: 'boolean', short: 'h', description: 'Show this help.' },
}

/** Help of the whole command line. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    'Usage: pf COMMAND [options]',
    '',
    'Builds and serves agents: on Node and as WebAssembly components.',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Options:',
    '  -h, --help     Show this help, or with a command its own.',
    '  -v, --version  Show the version.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ].join('\n')
}

/** Help of one command. */
export function commandHelp({ name, usage, summary, description, options, examples = [] }: Command): string {
  const rows = Object.entries({ ...options, ...helpOption }).map(([option, spec]) => {
    const short = spec.short ? `-${spec.short}, ` : '    '
    return { left: `${short}--${option}${spec.type === 'string' ? ` ${spec.value ?? 'VALUE'}` : ''}`, spec }
  })
  const width = Math.max(...rows.map(({ left }) => left.length))
  return [
    `Usage: pf ${name} ${usage}`,
    '',
    summary,
    ...(description ? ['', description] : []),
    '',
    'Options:',
    ...rows.map(
      ({ left, spec }) => `  ${left.padEnd(width)}  ${spec.description}${spec.multiple ? ' May be repeated.' : ''}`,
    ),
    ...(examples.length > 0 ? ['', 'Examples:', ...examples.map((example) => `  ${example}`)] : []),
  ].join('\n')
}
