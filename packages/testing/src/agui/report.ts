/** What is checked of a run. */
export type AguiCheck =
  /** Status and content type of the answer. */
  | 'http'
  /** Records of server-sent events: line ends, one JSON object each, whole to the last. */
  | 'framing'
  /** Every event is one of the protocol's, with the fields it has there. */
  | 'schema'
  /** The client accepts the run, with its verification on. */
  | 'client'
  /** The run begins with its start and has one terminal event, at its end. */
  | 'terminal'
  /** Ids are those of the request, and stand for one thing each. */
  | 'ids'
  /** Calls have arguments that are JSON, and one result; those without are the page's. */
  | 'calls'
  /** Questions have ids of their own, are of calls that there were, and are answered once. */
  | 'interrupts'
  /** Patches apply, and the client ends with the state that they make. */
  | 'patches'
  /** Messages stand once in what the client holds. */
  | 'history'
  /** The scenario did what it is named for. */
  | 'scenario'
  /** An end within the time allowed. */
  | 'time'

/** Something that is wrong. */
export interface AguiProblem {
  check: AguiCheck
  message: string
  /** Which run of the scenario, from 0. */
  run: number
  /** Which event of the run, from 0, where it is one. */
  event?: number
}

/** One event as it stood on the wire. */
export type AguiEvent = Readonly<Record<string, unknown>> & { readonly type: string }

/** One run: what was asked, and what came. */
export interface AguiRun {
  threadId: string
  runId: string
  /** HTTP status; 0 where there was no answer. */
  status: number
  contentType: string
  events: AguiEvent[]
  /** Milliseconds from the request to the first event, and to the end. */
  firstEventMs: number | undefined
  ms: number
}

/** What became of one scenario with one client. */
export interface AguiResult {
  scenario: string
  /** The client, as its options name it. */
  client: string
  status: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  reason?: string
  problems: AguiProblem[]
  /** What is legal but lost: fields that clients leave out. */
  warnings: string[]
  runs: AguiRun[]
}

/** What became of a server. */
export interface AguiReport {
  url: string
  /** Nothing failed. */
  ok: boolean
  passed: number
  failed: number
  skipped: number
  results: AguiResult[]
}

/** Adds up results. */
export function reportOf(url: string, results: AguiResult[]): AguiReport {
  const count = (status: AguiResult['status']): number => results.filter((one) => one.status === status).length
  const failed = count('failed')
  return { url, ok: failed === 0, passed: count('passed'), failed, skipped: count('skipped'), results }
}

/** The problems of a result, a line each. */
export function describeResult({ scenario, client, problems }: AguiResult): string {
  const lines = problems.map(({ check, run, event, message }) => {
    const place = event === undefined ? `run ${run}` : `run ${run}, event ${event}`
    return `  ${check} (${place}): ${message}`
  })
  return [`${scenario} (client ${client})`, ...lines].join('\n')
}

/**
 * A report as text, a line per scenario and one per problem.
 *
 * @example
 * ```ts
 * console.log(formatAguiReport(await checkAguiServer({ url })))
 * ```
 */
export function formatAguiReport(report: AguiReport): string {
  const lines = report.results.map((result) => {
    if (result.status === 'failed') return `failed   ${describeResult(result)}`
    const why = result.reason === undefined ? '' : `: ${result.reason}`
    return `${result.status.padEnd(8)} ${result.scenario} (client ${result.client})${why}`
  })
  return [...lines, `${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped: ${report.url}`].join(
    '\n',
  )
}
