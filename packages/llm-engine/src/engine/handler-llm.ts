import {
  compileSchema,
  type Llm,
  type LlmData,
  type LlmRequest,
  type LlmResult,
  type ModelMessage,
  PfError,
  type RunContext,
  type Schema,
  ThrownReply,
} from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import type { LoopSetup } from '../loop/setup'
import { issuesText } from '../output/answer'
import { hash } from '../tool/tool-names'
import { type KeptKey, keptRun } from './kept-run'
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
  /** Loops under way, and what those that wait have asked. */
  readonly #active = new Set<Promise<unknown>>()
  readonly #questions: Question[] = []
  #count = 0

  constructor(context: RunContext, begin: BeginLoop) {
    this.#context = context
    this.#begin = begin
  }

  /** A property, so that a handler may take it out. */
  readonly run = async <const S extends Schema | undefined = undefined>(
    request: LlmRequest<S> = {},
  ): Promise<LlmResult<LlmData<S>>> => {
    const loop = keptRun(this.#context, this.#key(request), () => this.#begin(this.#context, request))
    this.#active.add(loop)
    const end = await loop.finally(() => this.#active.delete(loop))
    if ('questions' in end) {
      this.#questions.push(...end.questions)
      // Those that run beside it come to their end or their questions first: nothing of them is done twice.
      await Promise.allSettled(this.#active)
      throw new ThrownReply(waitingReply(this.#questions))
    }
    const { text, given, files = [], usage, turns } = end
    const data = request.output && (await checkedData(request.output, given))
    return { text, data: data as LlmData<S>, files, usage, turns }
  }

  #key({ key, prompt, messages, instructions, model, tools, output }: LlmRequest<Schema | undefined>): KeptKey {
    if (key !== undefined) return { by: 'key', name: key, shape: '', print: '' }
    const names = tools?.map(({ name }) => name)
    const shape = JSON.stringify([instructions, model?.provider, model?.modelId, names, output !== undefined])
    const print = JSON.stringify([prompt, messages]) + shape
    this.#count++
    return { by: 'number', name: `${this.#count}`, shape: hash(shape), print: `${print.length}-${hash(print)}` }
  }
}

/** What the schema makes of an answer that was checked before: a result is kept as JSON. */
async function checkedData(output: Schema, given: unknown): Promise<unknown> {
  const result = await compileSchema(output).check(given)
  if (result.issues === undefined) return result.value
  throw new PfError('PF_OUTPUT_INVALID', `A kept answer no longer matches its schema. ${issuesText(result.issues)}`)
}
