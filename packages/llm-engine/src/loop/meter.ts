import {
  type ModelCall,
  type ModelProfile,
  type ModelStreamPart,
  type ModelUsage,
  PfError,
  type Usage,
} from '@pf-agents/agent-core'
import { plausible, priced } from '../usage/cost'
import { estimatedUsage } from '../usage/estimate'
import type { LoopSetup } from './setup'
import { defined } from '../wire/json'

/** No token is longer than this, on average: so many characters are that many tokens at least. */
const charsPerToken = 8

/** Watches what one answer uses while it comes, and stops it once a limit is certainly passed. */
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

  constructor(setup: LoopSetup) {
    this.#setup = setup
    this.#profile = setup.model.profile ?? {}
    const { budget } = setup.context
    this.#isLimited = (['tokens', 'costUsd'] as const).some(
      (what) => budget.remaining(what) !== Number.POSITIVE_INFINITY,
    )
  }

  /** @throws PfError PF_BUDGET_EXCEEDED, PF_MODEL_RESPONSE_INVALID where the answer has no end */
  add(part: ModelStreamPart): void {
    if ('delta' in part) this.#grow(part.delta.length)
    else if (part.type === 'file') this.#addFile(part.raw?.length ?? 0)
    else if (part.type === 'usage') {
      this.#used = plausible(part.usage)
      this.#check(this.#used)
    } else if (part.type === 'fallback') this.#profile = part.profile ?? {}
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
    this.#nextCheck = this.#length + 1024
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
    this.#setup.context.budget.check(tokensOf(priced(usage, this.#profile)))
  }

  /** What the answer used: where the provider does not say, or broke off before it could, an estimate. */
  whole(usage: ModelUsage, call: ModelCall): ModelUsage {
    const { inputTokens, outputTokens, estimated } = usage
    if (inputTokens !== undefined && outputTokens !== undefined && estimated !== true)
      return priced(usage, this.#profile)
    return priced(estimatedUsage(usage, call, this.#length, this.#files), this.#profile)
  }

  /** Tells what the answer used, in the end. @throws PfError PF_BUDGET_EXCEEDED where it was too much */
  settle(usage: ModelUsage): void {
    this.#setup.context.emit({ type: 'usage', usage: { turns: 1, ...tokensOf(usage) } })
  }
}

function tokensOf({ inputTokens, outputTokens, costUsd }: ModelUsage): Usage {
  return defined({ inputTokens, outputTokens, costUsd })
}
