// The order in which test files are started: those that take longest first, so that none is left alone at the end.
import { relative } from 'node:path'
import { BaseSequencer } from 'vitest/node'

/** Files that take long, the longest first, as a clean clone on two cores has them. Where it stands matters little. */
export const slowest = [
  'packages/cli/test/cli.component.test.ts',
  'packages/testing/test/a2a-suite.component.test.ts',
  'packages/cli/test/sign.component.test.ts',
  'packages/cli/src/build/engine-kit.component.test.ts',
  'presets/spin-agent/src/spin-agent.component.test.ts',
  'packages/cli/src/dev/dev.test.ts',
  'packages/wasm-host/src/host/limits.test.ts',
  'packages/cli/src/build/componentize-child.test.ts',
  'packages/testing/test/lifecycle.component.test.ts',
  'packages/spin-storage/test/suites.component.test.ts',
  'packages/cli/src/dev/dev-says.test.ts',
  'packages/wasm-host/src/host/requeue.test.ts',
  'packages/testing/test/field-cost.component.test.ts',
  'examples/assistant/assistant.component.test.ts',
  'tooling/start/start.component.test.ts',
  'tooling/bootstrap/bootstrap.test.ts',
  'packages/cli/src/build/bundle.test.ts',
  'packages/wasm-host/src/cache/component-cache.test.ts',
  'packages/a2a-server/src/stream/leaks.test.ts',
  'examples/assistant/assistant.test.ts',
  'packages/agui-stream/src/guard/fatal-rules.test.ts',
  // These share a process.
  'packages/a2a-server/src/push/push-fairness.test.ts',
  'packages/llm-engine/src/wire/every-wire.test.ts',
  'packages/a2a-client/src/discovery/signed-card.test.ts',
]

/** Behind all that have a process of their own. */
const behindAll = slowest.length + 2

/** Where a file is started: the slowest as they are listed, then what makes components, then the rest. */
export function rankOf(path) {
  const index = slowest.indexOf(path)
  if (index >= 0) return index
  return path.endsWith('.component.test.ts') ? slowest.length : slowest.length + 1
}

/** Of one rank, vitest's own order: what failed or took long the last time first, without a last time by size. */
export class LongestFirst extends BaseSequencer {
  async sort(specifications) {
    const ranks = new Map(
      specifications.map((one) => {
        const { root, isolate } = one.project.config
        const rank = rankOf(relative(root, one.moduleId))
        // Last, and side by side: a process is shared by files that follow each other.
        return [one, isolate ? rank : rank + behindAll]
      }),
    )
    return (await super.sort(specifications)).toSorted((a, b) =>
      ranks.get(a) === ranks.get(b) ? 0 : ranks.get(a) - ranks.get(b),
    )
  }
}
