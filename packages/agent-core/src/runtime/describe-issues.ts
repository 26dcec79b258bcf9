import type { SchemaIssue } from '../schema/schema'

/** Characters that are told of one problem: a caller's own words are in it, and may be megabytes. */
const longest = 500

/** The first few things that are wrong with a value, as one sentence after another. `root` names the value itself. */
export function describeIssues(issues: readonly SchemaIssue[], root: string): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => `${ended(path || root)}: ${ended(message)}`)
    .join(' ')
}

function ended(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
