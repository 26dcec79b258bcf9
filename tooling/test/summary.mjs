/** A skipped test has to say why; one that does not counts as failed. */
const unexplained = ({ reason }) => !reason
const whyNeeded = 'skipped without a reason: use `context.skip("why")`, or `{ skip, meta: { skipReason } }`'

/** Adds stage reports up. */
export function outcome(reports) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const { passed, failed, skipped } of reports) {
    total.passed += passed
    total.failed += failed.length + skipped.filter(unexplained).length
    total.skipped += skipped.filter((test) => !unexplained(test)).length
  }
  return total
}

export const lastLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`

/** What failed and what was skipped, by name, for the end of the run. */
export function reportText(reports) {
  const lines = []
  for (const { title, failed, skipped } of reports) {
    const bad = [...failed, ...skipped.filter(unexplained).map(({ name }) => ({ name, message: whyNeeded }))]
    if (bad.length > 0)
      lines.push('', `Failed in ${title}:`, ...bad.map(({ name, message }) => `  ✗ ${name}\n      ${message}`))
    const left = skipped.filter((test) => !unexplained(test))
    if (left.length > 0)
      lines.push('', `Skipped in ${title}:`, ...left.map(({ name, reason }) => `  - ${name}\n      ${reason}`))
  }
  return [...lines, ''].join('\n')
}
