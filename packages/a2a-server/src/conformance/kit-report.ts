import { type ExpectedFailure, expectedFailures } from './expected-failures'

/** What came of one test of the kit. */
export interface KitResult {
  /** Class and test, without the leading `tests.compatibility.`. */
  test: string
  outcome: 'passed' | 'failed' | 'skipped' | 'xfailed'
  /** First line of what the kit says about it; empty for a pass. */
  message: string
}

/** How a run of the kit compares with what is expected of it. */
export interface KitComparison {
  counts: Record<KitResult['outcome'], number>
  /** Failures that are not expected: something is wrong. */
  unexpected: KitResult[]
  /** Expected failures that did fail. */
  known: ExpectedFailure[]
  /** Expected failures that passed: the kit or the server has changed, and the row may have to go. */
  passed: ExpectedFailure[]
}

const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
const unescape = (text: string) =>
  text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] as string)
const attribute = (tag: string, name: string) => unescape(new RegExp(` ${name}="([^"]*)"`).exec(` ${tag}`)?.[1] ?? '')

/**
 * Reads the `junitreport.xml` of a run. (Its `compatibility.json` has results by requirement only, in which a failed test
 * hides behind others of its requirement.)
 */
export function readKitReport(junit: string): KitResult[] {
  const results: KitResult[] = []
  for (const [, tag = '', content = ''] of junit.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const [, verdict, about = ''] = /<(failure|error|skipped) ([^>]*)/.exec(content) ?? []
    const xfail = attribute(about, 'type') === 'pytest.xfail'
    const outcome = verdict === undefined ? 'passed' : verdict !== 'skipped' ? 'failed' : xfail ? 'xfailed' : 'skipped'
    const test = `${attribute(tag, 'classname').replace(/^tests\.compatibility\./, '')}::${attribute(tag, 'name')}`
    results.push({ test, outcome, message: attribute(about, 'message').split('\n')[0] ?? '' })
  }
  return results
}

/** Compares a run of the kit with the expected failures. A run is good where nothing is `unexpected`. */
export function compareKitReport(
  results: readonly KitResult[],
  expected: readonly ExpectedFailure[] = expectedFailures,
): KitComparison {
  const counts = { passed: 0, failed: 0, skipped: 0, xfailed: 0 }
  for (const { outcome } of results) counts[outcome]++
  const outcomes = new Map(results.map(({ test, outcome }) => [test, outcome]))
  const names = new Set(expected.map(({ test }) => test))
  return {
    counts,
    unexpected: results.filter(({ test, outcome }) => outcome === 'failed' && !names.has(test)),
    known: expected.filter(({ test }) => outcomes.get(test) === 'failed'),
    passed: expected.filter(({ test }) => outcomes.get(test) === 'passed'),
  }
}
