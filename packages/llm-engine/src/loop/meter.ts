import {
  addUsage,
  type ModelCall,
  type ModelProfile,
  type ModelStreamPart,
  type ModelUsage,
  PfError,
  type RunContext,
  type Usage,
} from '@pf-agents/agent-core'
import type { ModelReply } from '../reply/reply'
import { plausible, priced } from '../usage/cost'
import { estimatedUsage, promptTokens } from '../usage/estimate'
import { scopeOf } from './scope'
import type { LoopSetup } from './setup'
import { defined } from '../wire/json'

/** No token is longer than this, on average: so many characters are that many tokens at least, half of an estimate. */
const charsPerToken = 8

const timedOut = 'PF_MODEL_TIMEOUT'

/** The answers of a run that are under way, those about to begin among them, and how many calls came to nothing. */
type UnderWay = Set<Meter> & { failed?: number }

const underWay = new WeakMap<RunContext, UnderWay>()

/**
 * Watches what one answer uses while it comes, and stops it once a limit is certainly passed. From before its call until
 * it is settled its turn, and what is known of its tokens, stand against the budget of those beside it.
 */
export class Meter {
  readonly #setup: LoopSetup
  readonly #isLimited: boolean
  /** What the tokens cost; of another model that answers, what is known of that one. */
  #profile: ModelProfile
  #length = 0
  #files = 0
  #filesLength = 0
  #nextCheck = 0
  #used: ModelUsage = {}
  #call: ModelCall | undefined
  /** Tokens of the prompt, about. */
  #prompt: number | undefined
  /** The provider was asked, and has not refused. */
  #isSent = false
  readonly #all: UnderWay

  /** @throws PfError PF_BUDGET_EXCEEDED where there is nothing left for one more call */
  constructor(setup: LoopSetup) {
    this.#setup = setup
    this.#profile = setup.model.profile ?? {}
    const { budget } = setup.context
    this.#isLimited = (['tokens', 'costUsd'] as const).some(
      (what) => budget.remaining(what) !== Number.POSITIVE_INFINITY,
    )
    const { run } = scopeOf(setup.context)
    this.#all = underWay.get(run) ?? new Set()
    underWay.set(run, this.#all)
    budget.check({ ...this.beside(), turns: this.#all.size + 1 + (this.#all.failed ?? 0) })
    this.#all.add(this)
  }

  /** What those beside it have used by now, as far as that is told, or can be estimated. */
  beside(): Usage {
    let sum: Usage = {}
    if (this.#isLimited) for (const one of this.#all) if (one !== this) sum = addUsage(sum, one.#known())
    return sum
  }

  #known(): Usage {
    if (this.#call === undefined) return {}
    const inputTokens = (this.#prompt ??= promptTokens(this.#call))
    return tokensOf(this.#whole({ inputTokens, ...this.#used, estimated: true }))
  }

  /** The call is to be made. @throws PfError PF_BUDGET_EXCEEDED where its prompt is certainly too much for what those beside it leave */
  ask(call: ModelCall): void {
    this.#call = call
    if (!this.#isLimited || this.#all.size === 1) return
    this.#prompt = promptTokens(call)
    this.#check({ inputTokens: Math.floor(this.#prompt / 2), outputTokens: 0 })
  }

  /** What the model asks its provider with. */
  readonly fetch = async (input: string, init?: RequestInit): Promise<Response> => {
    const { context } = this.#setup
    this.#isSent = true
    try {
      const response = await context.fetch(input, init)
      this.#isSent = response.ok
      return response
    } catch (error) {
      this.#isSent = context.signal.aborted
      throw error
    }
  }

  /** It does not count any more. @returns whether it did */
  close(): boolean {
    return this.#all.delete(this)
  }

  /** @throws PfError PF_BUDGET_EXCEEDED, PF_MODEL_RESPONSE_INVALID where the answer has no end */
  add(part: ModelStreamPart): void {
    if ('delta' in part) this.#grow(part.delta.length)
    else if (part.type === 'file') this.#addFile(part.raw?.length ?? 0)
    else if (part.type === 'usage') {
      this.#used = plausible(part.usage)
      this.#check(this.#used)
    } else if (part.type === 'retry' || part.type === 'fallback') {
      // The prompt was taken, and is sent again. A host that never answered at all is as likely not there.
      if (part.code === timedOut && this.#isSent) this.#tell(tokensOf(this.#whole({})))
      if (part.type === 'fallback') this.#profile = part.profile ?? {}
    }
  }

  #grow(length: number): void {
    this.#length += length
    const { maxAnswerLength } = this.#setup.options
    if (this.#length > maxAnswerLength) {
      throw new PfError(
        'PF_MODEL_RESPONSE_INVALID',
        `The model's answer is longer than ${maxAnswerLength} characters. Raise maxAnswerLength of llmEngine(), or lower maxOutputTokens.`,
      )
    }
    if (!this.#isLimited || this.#length < this.#nextCheck) return
    this.#nextCheck = this.#length + 1024 / this.#all.size
    const { inputTokens = 0, outputTokens = 0, ...used } = this.#used
    const atLeast = Math.max(outputTokens, Math.floor(this.#length / charsPerToken))
    this.#check({ ...used, inputTokens, outputTokens: atLeast })
  }

  #addFile(length: number): void {
    this.#files++
    this.#filesLength += length
    const { maxFileLength } = this.#setup.options
    if (this.#filesLength <= maxFileLength) return
    throw new PfError(
      'PF_MODEL_RESPONSE_INVALID',
      `The files of the model's answer are longer than ${maxFileLength} characters. Raise maxFileLength of llmEngine(), or ask for smaller ones.`,
    )
  }

  #check(usage: ModelUsage): void {
    this.#setup.context.budget.check(addUsage(this.beside(), tokensOf(priced(usage, this.#profile))))
  }

  /** What the answer used. Of a call of which nothing came, that is its prompt, if the provider has it. */
  usageOf({ usage, response }: ModelReply, error: unknown): ModelUsage {
    const isTaken = this.#isSent && (PfError.is(error, timedOut) || this.#setup.context.signal.aborted)
    return response === undefined && !isTaken ? usage : this.#whole(usage)
  }

  /** Where the provider does not say, or broke off before it could, an estimate. */
  #whole(usage: ModelUsage): ModelUsage {
    const { inputTokens, outputTokens, estimated } = usage
    if (this.#call === undefined) return usage
    if (inputTokens !== undefined && outputTokens !== undefined && estimated !== true)
      return priced(usage, this.#profile)
    return priced(estimatedUsage(usage, this.#call, this.#length, this.#files), this.#profile)
  }

  /**
   * Tells what the answer used, in the end. While a provider is out, an answered question is open again: the turn that
   * this took is one of the run, so that it ends, and none of the task.
   *
   * @throws PfError PF_BUDGET_EXCEEDED where it was too much
   */
  settle(usage: ModelUsage, isOut: boolean): void {
    const isFree = isOut && this.#setup.context.interrupts.length > 0
    if (isFree) this.#all.failed = (this.#all.failed ?? 0) + 1
    this.#tell({ ...(!isFree && { turns: 1 }), ...tokensOf(usage) })
  }

  #tell(usage: Usage): void {
    if (Object.keys(usage).length > 0) this.#setup.context.emit({ type: 'usage', usage })
  }
}

function tokensOf({ inputTokens, outputTokens, costUsd }: ModelUsage): Usage {
  return defined({ inputTokens, outputTokens, costUsd })
}
