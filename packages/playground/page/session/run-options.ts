import type { RunAgentParameters } from '@ag-ui/client'

/** What every run is given beside what was said. */
export interface RunOptions {
  /** The Authorization header; empty for none. */
  authorization: string
  /** JSON texts, empty for none. */
  forwardedProps: string
  tools: string
  context: string
}

export const noOptions: RunOptions = { authorization: '', forwardedProps: '', tools: '', context: '' }

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
