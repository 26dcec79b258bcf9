import type { RunAgentParameters } from '@ag-ui/client'

/** What every run is given beside what was said. */
export interface RunOptions {
  /** Headers of every request, one in a line; empty for none. */
  headers: string
  /** JSON texts, empty for none. */
  forwardedProps: string
  tools: string
  context: string
}

export const noOptions: RunOptions = { headers: '', forwardedProps: '', tools: '', context: '' }

/** The texts as values; those that are no JSON were not let in. */
export function runParameters({ forwardedProps, tools, context }: RunOptions): RunAgentParameters {
  return {
    ...(forwardedProps !== '' && { forwardedProps: JSON.parse(forwardedProps) as unknown }),
    ...(tools !== '' && { tools: JSON.parse(tools) as NonNullable<RunAgentParameters['tools']> }),
    ...(context !== '' && { context: JSON.parse(context) as NonNullable<RunAgentParameters['context']> }),
  }
}

/** What is wrong with a text that is to be JSON; `undefined` where nothing is. */
export function jsonProblem(text: string, kind: 'any' | 'list' = 'any'): string | undefined {
  if (text.trim() === '') return undefined
  try {
    const value = JSON.parse(text) as unknown
    return kind === 'list' && !Array.isArray(value) ? 'This must be a JSON list.' : undefined
  } catch (error) {
    return `This is no JSON: ${(error as Error).message}`
  }
}

/** The headers that a text names. */
export function headersOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}

/** What is wrong with a text that is to be headers; `undefined` where nothing is. */
export function headersProblem(text: string): string | undefined {
  const isRight = text
    .split('\n')
    .every((line) => line.trim() === '' || /^\s*[\w!#$%&'*+.^`|~-]+\s*:[\t\x20-\x7e]*$/.test(line))
  return isRight ? undefined : 'Write each header as “name: value”, in a line of its own.'
}
