import type { Usage } from '../../src/tasks/task-summary'
import { costText, countText } from './figures'

/** What was used, and what it cost. */
export function UsageView({ usage }: { usage: Usage }) {
  const { inputTokens, outputTokens, turns, toolCalls, costUsd } = usage
  const figures: [string, string | undefined][] = [
    ['Cost', costUsd === undefined ? undefined : costText(costUsd)],
    ['Tokens in', inputTokens === undefined ? undefined : countText(inputTokens)],
    ['Tokens out', outputTokens === undefined ? undefined : countText(outputTokens)],
    ['Turns', turns === undefined ? undefined : countText(turns)],
    ['Tool calls', toolCalls === undefined ? undefined : countText(toolCalls)],
  ]
  return (
    <dl class="figures">
      {figures.map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
