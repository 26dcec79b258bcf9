import {
  type Clock,
  type ErrorCode,
  errorCodes,
  type LanguageModel,
  type ModelCall,
  type ModelProfile,
  type ModelStreamPart,
  PfError,
  systemClock,
} from '@pf-agents/agent-core'
import { checkHistory } from './check-history'
import { type MockTurn, type MockTurnResult, type MockTurnSource, outputOf } from './mock-turn'

/** Options of {@link mockModel}. */
export interface MockModelOptions {
  /** One answer after the other; or a function that makes each out of its call, counted from 1. */
  turns: readonly MockTurnSource[] | ((call: ModelCall, number: number) => MockTurnResult)
  /** Default `mock`. */
  provider?: string
  /** Default `mock-model`. */
  modelId?: string
  profile?: ModelProfile
  /** For pacing. Default: that of the call's host, else the system's. */
  clock?: Clock
  /** Whether a history that providers refuse (a call without its result, and so on) is refused here too. Default true. */
  checkHistory?: boolean
}

/** A language model that says what a script says. */
export interface MockModel extends LanguageModel {
  /** The calls it got, in order; each keeps its messages as they were then. */
  readonly calls: readonly ModelCall[]
  /** Turns that are left; `Infinity` where a function makes them. */
  readonly remaining: number
  /** Answers that are being given at this moment. */
  readonly open: number
}

const passing = new Set(['PF_MODEL_RATE_LIMITED', 'PF_MODEL_OVERLOADED', 'PF_MODEL_UNAVAILABLE', 'PF_MODEL_TIMEOUT'])

/**
 * A language model for tests and first steps: no network, no key, the same every time. It keeps to the contract of
 * {@link LanguageModel}, so that what works with it works with a real one, and refuses what real ones refuse.
 * Where the script is over, the call fails with `PF_CONFIG_INVALID`, naming the call that was one too many.
 *
 * @example
 * ```ts
 * const model = mockModel({
 *   turns: [
 *     { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] },
 *     ({ messages }) => `I asked: ${JSON.stringify(messages.at(-1))}`,
 *     { text: 'As far as', error: 'PF_MODEL_INTERRUPTED' },
 *   ],
 * })
 * ```
 */
export function mockModel(options: MockModelOptions): MockModel {
  const { turns, provider = 'mock', modelId = 'mock-model', profile } = options
  const calls: ModelCall[] = []
  const state = { open: 0 }

  const next = (call: ModelCall): MockTurnResult => {
    const number = calls.length
    if (typeof turns === 'function') return turns(call, number)
    const turn = turns[number - 1]
    if (turn === undefined) {
      const last = JSON.stringify(call.messages.at(-1) ?? null).slice(0, 300)
      throw new PfError(
        'PF_CONFIG_INVALID',
        `The script of the mock model has ${turns.length} turns and this is call ${number}; its last message is ${last}. Add a turn, or find out why the model is asked again.`,
      )
    }
    return typeof turn === 'function' ? turn(call, number) : turn
  }

  async function* answer(call: ModelCall, left: AbortSignal): AsyncGenerator<ModelStreamPart, void, undefined> {
    const { signal, host } = call
    if (signal?.aborted) throw signal.reason
    calls.push({ ...call, messages: [...call.messages] })
    const number = calls.length
    if (options.checkHistory !== false) checkHistory(call.messages)
    const pause = waiter(options.clock ?? host?.clock ?? systemClock, [signal, left])
    state.open++
    try {
      const made = await next(call)
      const turn: MockTurn = typeof made === 'string' ? { text: made } : made
      const { delayMs = 0, paceMs = 0 } = turn
      await pause(delayMs)
      let pace = 0
      for (const part of partsOf(turn, number, provider, modelId)) {
        await pause(part === stalled ? Number.POSITIVE_INFINITY : pace)
        if (part instanceof Error) throw part
        if (part !== stalled) yield part
        pace = paceMs
      }
    } finally {
      state.open--
    }
  }

  return {
    provider,
    modelId,
    ...(profile && { profile }),
    stream: (call) => leavable((left) => answer(call, left)),
    calls,
    get remaining() {
      return typeof turns === 'function' ? Number.POSITIVE_INFINITY : Math.max(0, turns.length - calls.length)
    },
    get open() {
      return state.open
    },
  }
}

const stalled = 'stalled'

/** All that happens in a turn, in order. */
function partsOf(
  turn: MockTurn,
  number: number,
  provider: string,
  modelId: string,
): (ModelStreamPart | Error | typeof stalled)[] {
  if (turn.parts !== undefined && turn.error === undefined && !turn.stall) return [...turn.parts]
  const start: ModelStreamPart = {
    type: 'response-start',
    provider,
    modelId,
    responseId: `mock_${number}`,
    warnings: [],
  }
  const output = turn.parts ?? outputOf(turn, number)
  const head = turn.parts === undefined ? [start] : []
  const { error } = turn
  if (error !== undefined) {
    const thrown = typeof error === 'string' ? failure(error, provider, modelId) : error
    const kept = output.slice(0, turn.errorAfter)
    // As with a real model: where nothing of the answer came, nothing is said at all.
    return kept.length > 0 ? [...head, ...kept, thrown] : [thrown]
  }
  if (turn.stall) return output.length > 0 ? [...head, ...output, stalled] : [stalled]
  const reason = turn.finish ?? ((turn.toolCalls ?? []).length > 0 ? 'tool-calls' : 'stop')
  const usage = { inputTokens: 10, outputTokens: 5, ...turn.usage }
  return [...head, ...output, { type: 'finish', finish: { reason, raw: reason, complete: true }, usage }]
}

function failure(code: ErrorCode, provider: string, model: string): PfError {
  const { summary, remedy } = errorCodes[code]
  return new PfError(code, `${summary} ${remedy}`, { details: { provider, model }, retryable: passing.has(code) })
}

/** Waits by the clock, but no longer than the signals let it. */
function waiter(clock: Clock, given: readonly (AbortSignal | undefined)[]): (ms: number) => Promise<void> | undefined {
  const signals = given.filter((signal) => signal !== undefined)
  return (ms) => {
    for (const signal of signals) if (signal.aborted) throw signal.reason
    if (ms <= 0) return undefined
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        cancel?.()
        for (const signal of signals) signal.removeEventListener('abort', onAbort)
        const aborted = signals.find((signal) => signal.aborted)
        if (aborted === undefined) resolve()
        else reject(aborted.reason)
      }
      const onAbort = settle
      const cancel = ms === Number.POSITIVE_INFINITY ? undefined : clock.after(ms, settle)
      for (const signal of signals) signal.addEventListener('abort', onAbort)
    })
  }
}

/** An iteration that can be left while a part is awaited: a generator alone would first wait for the part. */
function leavable(
  make: (left: AbortSignal) => AsyncGenerator<ModelStreamPart, void, undefined>,
): AsyncIterableIterator<ModelStreamPart, void, undefined> {
  const controller = new AbortController()
  const source = make(controller.signal)
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => source.next(),
    return: () => {
      controller.abort(new DOMException('The answer is no longer read', 'AbortError'))
      return source.return()
    },
  }
}
