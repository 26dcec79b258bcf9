import type { SchemaIssue } from '../schema/schema'

/** The first few things that are wrong with a value, as one sentence after another. `root` names the value itself. */
export function describeIssues(issues: readonly SchemaIssue[], root: string): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => `${path || root}: ${message}`)
    .join(' ')
}
