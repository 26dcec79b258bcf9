import type {
  Clock,
  ContextStrategy,
  LanguageModel,
  ModelSettings,
  Random,
  RunContext,
  RunEvent,
} from '@pf-agents/agent-core'
import type { AnswerForm } from '../output/answer'
import type { Toolbox } from '../tool/toolbox'
import type { defaults, LoopOptions } from './options'

/** What one loop works with. Made anew for every run; what has to last is in the state. */
export interface LoopSetup {
  readonly context: RunContext
  readonly options: LoopOptions & { readonly [K in keyof typeof defaults]: number }
  readonly clock: Clock
  readonly random: Random
  readonly strategy: ContextStrategy | undefined
  readonly model: LanguageModel
  /** Standing orders; may be empty. */
  readonly instructions: string
  readonly toolbox: Toolbox
  /** Where the answer is data. */
  readonly answer: AnswerForm | undefined
  /** Whether what the model says is told to the caller as it comes. */
  readonly isShown: boolean
  readonly settings: ModelSettings
  /** Results that a run which may have to be begun again keeps to itself. */
  readonly untold: RunEvent[]
  /** Who says how many turns there may be. */
  readonly turnsBy: 'llmEngine()' | 'ctx.llm.run()'
}
