import type { Llm, LlmData, LlmRequest, LlmResult, ModelMessage, RunContext, Schema } from '@pf-agents/agent-core'
import type { LoopSetup } from '../loop/setup'
import { objectSchema } from '../output/object-schema'
import { hash } from '../tool/tool-names'
import { type KeptKey, keptRun } from './kept-run'

/** Begins the loop of a request. */
export type BeginLoop = (
  context: RunContext,
  request: LlmRequest<Schema | undefined>,
) => Promise<{ setup: LoopSetup; messages: readonly ModelMessage[] }>

/** `ctx.llm` of one run. */
export class HandlerLlm implements Llm {
  readonly #context: RunContext
  readonly #begin: BeginLoop
  #count = 0

  constructor(context: RunContext, begin: BeginLoop) {
    this.#context = context
    this.#begin = begin
  }

  async run<const S extends Schema | undefined = undefined>(
    request: LlmRequest<S> = {},
  ): Promise<LlmResult<LlmData<S>>> {
    const key = this.#key(request)
    const { text, given, usage, turns } = await keptRun(this.#context, key, () => this.#begin(this.#context, request))
    const data = request.output && (await checkedData(request.output, given))
    return { text, data: data as LlmData<S>, usage, turns }
  }

  #key({ key, prompt, messages, instructions, model, tools, output }: LlmRequest<Schema | undefined>): KeptKey {
    if (key !== undefined) return { name: key, shape: '', print: '' }
    const names = tools?.map(({ name }) => name)
    const shape = JSON.stringify([instructions, model?.provider, model?.modelId, names, output !== undefined])
    const print = JSON.stringify([prompt, messages]) + shape
    this.#count++
    return { name: `${this.#count}`, shape: hash(shape), print: `${print.length}-${hash(print)}` }
  }
}

/** What the schema makes of an answer that was checked before: a result is kept as JSON. */
async function checkedData(output: Schema, given: unknown): Promise<unknown> {
  const result = await objectSchema(output, 'the output').schema.check(given)
  if (result.issues !== undefined)
    throw new Error(`The answer no longer matches its schema: ${result.issues[0]?.message}`)
  return result.value
}
