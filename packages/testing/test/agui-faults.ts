import { HttpAgent } from '@ag-ui/client'
import { expect, onTestFinished, vi } from 'vitest'
import { checkAguiServer } from '../src/agui/check'
import type { AguiCheckOptions, AguiScenario } from '../src/agui/options'
import type { AguiCheck, AguiProblem } from '../src/agui/report'
import { type Misbehaviour, startAguiServer } from './agui-server'

// oxlint-disable-next-line typescript/no-explicit-any -- events that are wrong
export type Json = any

/** What a server does wrong: the check that finds it, what it says, the scenario, and how. */
export type Fault = [AguiCheck, RegExp, AguiScenario, Misbehaviour]

/** Longer than any run takes, however busy the machine: that one ends is waited for, not how soon. */
const patience = 10 * 60_000

/** A server of this test, as options of a check: a slow run goes on once its first event was read. */
export async function started(wrong?: Misbehaviour): Promise<Pick<AguiCheckOptions, 'url' | 'onEvent' | 'timeoutMs'>> {
  const { url, goOn, close } = await startAguiServer(wrong)
  onTestFinished(close)
  return {
    url,
    onEvent: (_event, scenario) => {
      if (scenario === 'slow') goOn()
    },
    timeoutMs: patience,
  }
}

/** Nothing is heard of what clients say of what they refuse. */
export function hushed(): void {
  for (const method of ['error', 'warn'] as const) {
    const spy = vi.spyOn(console, method).mockImplementation(() => {})
    onTestFinished(() => spy.mockRestore())
  }
}

/** What is found wrong in one scenario. */
export async function problemsOf(
  scenario: AguiScenario,
  wrong: Misbehaviour,
  more: Partial<AguiCheckOptions> = {},
): Promise<AguiProblem[]> {
  hushed()
  const prompt = scenario === 'history' ? 'text' : scenario === 'interrupt-cancelled' ? 'interrupt' : scenario
  const report = await checkAguiServer({
    ...(await started(wrong)),
    clients: [{ name: '1.0.0', HttpAgent }],
    scenarios: {
      'http-errors': false,
      [scenario]: {
        forwardedProps: { scenario: prompt },
        ...(scenario === 'frontend-tool' && { tools: [{ name: 'pick', description: 'Picks' }] }),
      },
    },
    ...more,
  })
  return report.results.find((one) => one.scenario === scenario)?.problems ?? []
}

/** A fault is found by its check, which says so. */
export async function expectFound(...[check, message, scenario, misbehaviour]: Fault): Promise<void> {
  const problems = await problemsOf(scenario, misbehaviour)
  const found = problems.filter((one) => one.check === check && message.test(one.message))
  expect(found, `${JSON.stringify(problems, undefined, 1)}`).not.toEqual([])
}

type Change = (events: Json[], input: Json) => Json[]

/** Puts others in the place of the events of a type. */
export const change =
  (type: string, make: (event: Json, input: Json) => Json[]): Change =>
  (events, input) =>
    events.flatMap((event) => (event.type === type ? make(event, input) : [event]))
export const before = (type: string, ...more: Json[]): Change => change(type, (event) => [...more, event])
export const without = (type: string): Change => change(type, () => [])
/** Asks other questions than it should, where it asks any. */
export const asking = (make: (interrupts: Json[]) => Json[]): Change =>
  change('RUN_FINISHED', (event) => [
    event.outcome.interrupts
      ? { ...event, outcome: { ...event.outcome, interrupts: make(event.outcome.interrupts) } }
      : event,
  ])
/** A message without a word. */
export const say = (messageId: string): Json[] => [
  { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
  { type: 'TEXT_MESSAGE_END', messageId },
]
