// @node24-only: computes alone, which is the same on every Node
// What holds for every history: no call without its result, no result without its call; within budget; in order; what is
// pinned stays. 2,000 random conversations, 100,000 in the long form, each of several calls of the model.
import { type ContextRequest, type ModelMessage, type ModelTool, PfError } from '@pf-agents/agent-core'
import { createSeededRandom, type SeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import {
  type ContextStrategyOptions,
  createContextStrategy,
  priorityWindow,
  slidingWindow,
  type WindowStrategy,
} from '../src/index'
import { brokenPairs, count, isPinned, outOfOrder, tokensOf } from './check-prompt'
import { RandomHistory } from './random-history'
import { testContext, testModel } from './request'

const histories = process.env['PF_TEST_FULL'] === '1' ? 100_000 : 2_000
const tools: ModelTool[] = [{ name: 'search', description: 'Finds.', parameters: { type: 'object' } }]

/** Summaries without a model: the number of messages that are gone. */
const countingWindow: WindowStrategy = {
  name: 'counting',
  summaryTokens: 20,
  keep: (steps, room) => slidingWindow().keep(steps, room),
  summarize: async ({ messages, previous = '0' }) => String(Number(previous) + messages.length),
}
/** A strategy of somebody else that does not care. */
const carelessWindow: WindowStrategy = { name: 'careless', keep: (steps) => steps.keys() }
/** One that forgets even what has to stay. */
const forgetfulWindow: WindowStrategy = { name: 'forgetful', keep: () => [] }
const windows = [slidingWindow(), priorityWindow(), countingWindow, carelessWindow, forgetfulWindow]

const isSummary = (message: ModelMessage): boolean =>
  message.role === 'user' && message.content[0]?.type === 'text' && message.content[0].text.startsWith('<summary of')

interface Outcome {
  fits: number
  cuts: number
  extended: number
  refused: number
}

/** Plays one conversation, and says what is wrong with any of its prompts. */
async function play(random: SeededRandom, outcome: Outcome): Promise<string[]> {
  const isBroken = random.below(3) === 0
  const history = new RandomHistory(random, isBroken)
  const window = windows[random.below(windows.length)] as WindowStrategy
  const contextWindow = 600 + random.below(6_000)
  const options: ContextStrategyOptions = {
    window,
    counter: { name: 'thirds', count },
    fileTokens: () => 100,
    pin: isPinned,
    margin: 0.05,
    offload: random.below(2) === 0 && { minTokens: 100, preview: 60 },
  }
  const strategy = createContextStrategy(options)
  const context = testContext()
  const model = testModel(contextWindow)
  const room = Math.floor(contextWindow * 0.95 - Math.min(100, Math.floor(contextWindow / 4)))
  const problems: string[] = []
  let state: ContextRequest['state']
  let before: { given: number; fitted: readonly ModelMessage[] } | undefined
  for (let call = 1 + random.below(5); call > 0; call--) {
    for (let turns = random.below(8); turns > 0; turns--) history.addTurn()
    history.addStep()
    const messages = [...history.messages]
    const request: ContextRequest = { messages, tools, model, context, ...(state !== undefined && { state }) }
    let fitted: readonly ModelMessage[]
    try {
      const result = await strategy.fit(request)
      fitted = result.messages
      state = JSON.parse(JSON.stringify(result.state)) as never
      if (result.removed > 0) outcome.cuts++
      const again = await strategy.fit({ ...request, ...(state !== undefined && { state }) })
      if (JSON.stringify(again) !== JSON.stringify(result)) problems.push('not the same the second time')
    } catch (error) {
      if (!PfError.is(error, 'PF_MODEL_CONTEXT_LENGTH')) throw error
      // Refused only where what has to stay is too long as it is.
      const rest = mustStay(messages)
      // A call that has lost its result is given one, which takes room, too.
      const least = tokensOf(rest, tools) + 30 * brokenPairs(rest).length
      if (least <= room) problems.push(`refused ${least} of ${room}`)
      outcome.refused++
      continue
    }
    outcome.fits++
    // What fits behind the prompt before is sent behind it: the front changes only where there is no more room.
    const longer = before && [...before.fitted, ...messages.slice(before.given)]
    if (longer !== undefined && !isBroken && tokensOf(longer, tools) <= room) {
      outcome.extended++
      if (JSON.stringify(fitted) !== JSON.stringify(longer)) problems.push('the front changed without need')
    }
    before = { given: messages.length, fitted }
    const tokens = tokensOf(fitted, tools)
    if (tokens > room) problems.push(`${tokens} tokens where there is room for ${room}`)
    problems.push(...brokenPairs(fitted), ...outOfOrder(messages, fitted, isSummary))
    const said = JSON.stringify(fitted)
    for (const message of messages) {
      if (!isPinned(message)) continue
      if (message.role === 'user' && !said.includes(JSON.stringify(message))) problems.push('a pinned message is gone')
      if (message.role === 'tool' && !isBroken && !hasResults(fitted, message)) problems.push('a pinned result is gone')
    }
    const heads = messages.slice(
      0,
      messages.findIndex(({ role }) => role !== 'system'),
    )
    if (JSON.stringify(fitted.slice(0, heads.length)) !== JSON.stringify(heads)) problems.push('orders are gone')
    const lastUser = messages.findLast(({ role }) => role === 'user')
    if (lastUser !== undefined && !fitted.includes(lastUser)) problems.push('the last word of the user is gone')
  }
  return problems
}

function hasResults(fitted: readonly ModelMessage[], message: ModelMessage): boolean {
  const ids = new Set(
    fitted.flatMap((one) => (one.role === 'tool' ? one.content.map(({ toolCallId }) => toolCallId) : [])),
  )
  return message.role === 'tool' && message.content.every(({ toolCallId }) => ids.has(toolCallId))
}

/** What no strategy may leave out: orders, what is pinned and its turn's beginning, the last of the user, the last step. */
function mustStay(messages: readonly ModelMessage[]): ModelMessage[] {
  const stay = new Set<number>()
  let turn = -1
  let step = 0
  const lastUser = messages.findLastIndex(({ role }) => role === 'user')
  for (const [at, message] of messages.entries()) {
    if (message.role === 'user') turn = at
    if (message.role === 'assistant' && messages[at - 1]?.role !== 'assistant') step = at
    if (message.role === 'user' || message.role === 'system') step = at
    if (!isPinned(message)) continue
    stay.add(turn)
    for (let one = step; one < messages.length && (one === step || one <= at || messages[one]?.role === 'tool'); one++)
      stay.add(one)
  }
  for (let one = step; one < messages.length; one++) stay.add(one)
  stay.add(lastUser)
  const first = messages.findIndex(({ role }) => role !== 'system')
  return messages.filter((_, at) => at < first || stay.has(at))
}

describe(`${histories} random histories`, () => {
  it('keep calls with results, the budget, the order, what is pinned', { timeout: 600_000 }, async () => {
    const outcome: Outcome = { fits: 0, cuts: 0, extended: 0, refused: 0 }
    for (let seed = 1; seed <= histories; seed++) {
      const problems = await play(createSeededRandom(seed), outcome)
      if (problems.length > 0) expect({ seed, problems }).toEqual({ seed, problems: [] })
    }
    // The test is worth its while only where much was cut and little refused.
    expect(outcome.cuts / outcome.fits).toBeGreaterThan(0.4)
    expect(outcome.extended / outcome.fits).toBeGreaterThan(0.05)
    expect(outcome.refused / (outcome.fits + outcome.refused)).toBeLessThan(0.25)
  })
})
