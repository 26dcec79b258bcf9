import {
  type Clock,
  clockPort,
  compileSchema,
  type Llm,
  type LlmData,
  type LlmRequest,
  type LlmResult,
  markEndOfRun,
  type ModelMessage,
  PfError,
  type Reply,
  type RunContext,
  type Schema,
  systemClock,
  ThrownReply,
} from '@pf-agents/agent-core'
import { sleep, StopSignal } from '@pf-agents/http-kit'
import type { Question } from '../approval/approval'
import type { LoopSetup } from '../loop/setup'
import { issuesText } from '../output/answer'
import { askedWithin, isMisplaced, misplaced } from '../tool/misplaced'
import { isMistake, mistake } from '../tool/thrown'
import { hash } from '../tool/tool-names'
import { KeptLoops, patienceMs } from './kept-loops'
import { type Asked, keptRun, type KeptResult, type Place } from './kept-run'
import { waitingReply } from './replies'

/** Begins the loop of a request. */
export type BeginLoop = (
  context: RunContext,
  request: LlmRequest<Schema | undefined>,
) => Promise<{ setup: LoopSetup; messages: readonly ModelMessage[] }>

/** `ctx.llm` of one scope: of the handler of a run, or of one tool call. Requests without a key are numbered here. */
export class HandlerLlm implements Llm {
  readonly #context: RunContext
  readonly #begin: BeginLoop
  readonly #clock: Clock
  readonly #kept: KeptLoops
  /** Loops under way, and what those that wait have asked. */
  readonly #active = new Set<Promise<unknown>>()
  readonly #questions: Question[] = []
  /** What failed and has used tools: that is not to be begun anew. */
  readonly #failures: unknown[] = []
  #mistake: PfError | undefined
  /** All that were begun wait or are over, and that is what is told: what would begin now begins after the answers. */
  #isTold = false
  #count = 0

  constructor(context: RunContext, begin: BeginLoop) {
    this.#context = context
    this.#begin = begin
    this.#clock = context.services.find(clockPort) ?? systemClock
    this.#kept = new KeptLoops(context)
  }

  /** A property, so that a handler may take it out. */
  readonly run = <const S extends Schema | undefined = undefined>(
    request: LlmRequest<S> = {},
  ): Promise<LlmResult<LlmData<S>>> => {
    const result = this.#run(request)
    // Whoever waits for several, one after the other, looks at the second when the first has ended all of them.
    result.catch(markEndOfRun)
    return result
  }

  /** Who makes the requests has ended by itself. */
  settle(waits: boolean): Promise<void> | undefined {
    // Whoever caught it goes on without what was approved.
    if (this.#mistake !== undefined) return Promise.reject(this.#mistake)
    this.#kept.tellLost()
    if (waits) return this.#rest().then(() => {})
    if (this.#questions.length > 0)
      this.#context.log(
        'warn',
        'A request to the model waits for an answer that nobody is asked for: what ctx.llm.run throws was caught.',
      )
    return undefined
  }

  async #run<const S extends Schema | undefined>(request: LlmRequest<S>): Promise<LlmResult<LlmData<S>>> {
    if (isMisplaced(this.#context)) throw mistake(`A tool ${misplaced}`)
    if (this.#mistake !== undefined) throw this.#mistake
    if (this.#isTold) {
      // Whoever tries again and again must not keep everybody else from their turn.
      await this.#hostTurn()
      throw this.#waiting()
    }
    this.#count++
    const loop = this.#loop(request)
    this.#active.add(loop)
    const end = await loop.finally(() => this.#active.delete(loop))
    if (!('questions' in end)) return end as LlmResult<LlmData<S>>
    this.#questions.push(...end.questions)
    await this.#others()
    throw this.#waiting()
  }

  /**
   * Those that run beside it come to their end or their questions first, and what fails is told to whoever asked for it.
   * Only for a while: it may be that one of their tools waits for this.
   */
  async #others(): Promise<void> {
    const enough = new StopSignal()
    await Promise.race([this.#whole(), sleep(patienceMs, { signal: enough, clock: this.#clock })])
    enough.abort(undefined)
  }

  async #loop(request: LlmRequest<Schema | undefined>): Promise<LlmResult<unknown> | { questions: Question[] }> {
    let place: Place | undefined
    try {
      place = await this.#place(request)
      const end = await keptRun(this.#context, place, () => this.#begin(this.#context, request))
      if ('questions' in end) return end
      return await resultOf(request, end)
    } catch (error) {
      if (isMistake(error)) this.#mistake ??= error
      if (place !== undefined) this.#kept.release(request.key)
      if (place?.hasActed) this.#failures.push(error)
      throw error
    }
  }

  #waiting(): ThrownReply {
    return askedWithin(this.#context, new ThrownReply(waitingReply(this.#questions), () => this.#rest()))
  }

  /** The same, for who has ended already. @throws what fails meanwhile: who would hear of it, and begin it anew, is over */
  async #rest(): Promise<Reply> {
    const { length } = this.#failures
    const reply = await this.#whole()
    if (this.#failures.length > length) throw this.#failures[length]
    return reply
  }

  /** What is asked, once each branch of the handler has come to its end or to its first question. */
  async #whole(): Promise<Reply> {
    do {
      while (this.#active.size > 0) await Promise.allSettled(this.#active)
      // What one gave may be what the next is made of.
      if (this.#count > 1) await this.#hostTurn()
    } while (this.#active.size > 0)
    this.#isTold = true
    return waitingReply(this.#questions)
  }

  #hostTurn(): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(0, resolve))
  }

  async #place(request: LlmRequest<Schema | undefined>): Promise<Place> {
    const asked = whatIsAsked(request, this.#context.message.text)
    if (request.key !== undefined) return this.#kept.byKey(request.key, asked)
    return this.#kept.byWords(asked)
  }
}

/** So many places of the message in a prompt are told apart. */
const mostPlaces = 16

function whatIsAsked(
  { prompt, messages, instructions, model, tools, output }: LlmRequest<Schema | undefined>,
  message: string,
): Asked {
  const said = JSON.stringify([prompt, messages])
  const by = [model?.provider, model?.modelId, tools?.map(({ name }) => name), output !== undefined]
  const shape = JSON.stringify([instructions, ...by])
  const form = output === undefined ? '' : JSON.stringify(compileSchema(output).json ?? '')
  const kind = JSON.stringify(by) + form
  const words = said + JSON.stringify(instructions)
  const text = JSON.stringify(message.trim()).slice(1, -1)
  const rests = new Set<string>()
  if (text === '') rests.add(words)
  else if (words.includes(text)) rests.add(words.replaceAll(text, ''))
  for (
    let at = words.indexOf(text);
    text !== '' && at >= 0 && rests.size <= mostPlaces;
    at = words.indexOf(text, at + 1)
  )
    rests.add(words.slice(0, at) + words.slice(at + text.length))
  return {
    shape: hash(shape),
    print: printOf(said + shape + form),
    rests: [...rests].map((rest) => printOf(rest + kind)),
    kind: hash(kind),
    said: printOf(said),
  }
}

function printOf(text: string): string {
  return `${text.length}-${hash(text)}`
}

async function resultOf(
  { output }: LlmRequest<Schema | undefined>,
  { text, given, files = [], usage, turns }: KeptResult,
): Promise<LlmResult<unknown>> {
  return { text, data: output && (await checkedData(output, given)), files, usage, turns }
}

/** What the schema makes of an answer that was checked before: a result is kept as JSON. */
async function checkedData(output: Schema, given: unknown): Promise<unknown> {
  const result = await compileSchema(output).check(given)
  if (result.issues === undefined) return result.value
  throw new PfError('PF_OUTPUT_INVALID', `A kept answer no longer matches its schema. ${issuesText(result.issues)}`)
}
