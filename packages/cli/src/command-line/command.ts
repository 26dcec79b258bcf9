import type { Terminal } from './terminal'

/** One option of a command, as `node:util` parses it and as help shows it. */
export interface OptionSpec {
  type: 'string' | 'boolean'
  short?: string
  /** May be given several times. */
  multiple?: boolean
  /** What the value is called in help, such as `FILE`. */
  value?: string
  /** What it does, with its default. */
  description: string
}

/** What a command is run with. */
export interface CommandInput {
  positionals: readonly string[]
  values: OptionValues
  terminal: Terminal
  /** Aborted when the user ends the command. */
  signal: AbortSignal
}

/** A command of the command line. */
export interface Command {
  name: string
  /** One line, for the list of commands. */
  summary: string
  /** What stands behind the name, such as `ENTRY [options]`. */
  usage: string
  /** More lines for the command's own help. */
  description?: string
  options: Readonly<Record<string, OptionSpec>>
  examples?: readonly string[]
  /** Resolves with the exit code. */
  run(input: CommandInput): Promise<number>
}

/** The command line is not right: exit code 2, and where to read how it is. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Parsed options, read by type. */
export class OptionValues {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  flag(name: string): boolean {
    return this.#values[name] === true
  }

  text(name: string): string | undefined {
    return this.#values[name] as string | undefined
  }

  list(name: string): readonly string[] {
    return (this.#values[name] as string[] | undefined) ?? []
  }

  /** @throws UsageError where it is no whole number within the bounds. */
  integer(name: string, minimum: number, maximum: number): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (!(number >= minimum && number <= maximum)) {
      throw new UsageError(`--${name} takes a whole number from ${minimum} to ${maximum}, not "${text}".`)
    }
    return number
  }

  /** Milliseconds of `500ms`, `30s`, `2m`, or of seconds without a unit. @throws UsageError */
  duration(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text)
    const milliseconds =
      match === null ? 0 : Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm']
    if (milliseconds < 1 || milliseconds > 86_400_000)
      throw new UsageError(`--${name} takes a time such as 500ms, 30s or 2m, not "${text}".`)
    return Math.round(milliseconds)
  }

  /** `NAME=value` pairs. @throws UsageError */
  pairs(name: string): Record<string, string> {
    const pairs: Record<string, string> = {}
    for (const text of this.list(name)) {
      const at = text.indexOf('=')
      if (at < 1) throw new UsageError(`--${name} takes NAME=value, not "${text}".`)
      pairs[text.slice(0, at)] = text.slice(at + 1)
    }
    return pairs
  }

  /** One of some words. @throws UsageError */
  choice<const T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const word = words.find((one) => one === text)
    if (word === undefined) throw new UsageError(`--${name} is one of ${words.join(', ')}, not "${text}".`)
    return word
  }
}
