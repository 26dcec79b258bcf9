import type { Agent } from '../agent/agent'
import type { HandlerResult, Skill } from '../agent/skill'
import { port } from '../port/port'
import type { RunContext } from '../runtime/run-context'
import type { Checkpoint } from './checkpoint'

/** What an engine works on. */
export interface EngineRun {
  readonly agent: Agent
  /** The skill that was routed to; absent where the agent itself answers. */
  readonly skill?: Skill
  /** The skill's checked input. */
  readonly input?: unknown
  readonly context: RunContext
}

/**
 * Carries out runs. The core brings one that calls handlers; llm-engine provides one that runs a model loop.
 * Whatever an engine suspends with is handed back to `resume` of the engine of that name.
 */
export interface AgentEngine {
  /** Stands in checkpoints. */
  readonly name: string
  /**
   * Newest {@link Checkpoint.schemaVersion} that it goes on from. An answer to a task with a newer one is refused with
   * PF_CHECKPOINT_SCHEMA, and the task waits on for whoever can read it. Absent: any is handed to `resume`.
   */
  readonly schemaVersion?: number
  start(run: EngineRun): HandlerResult
  /** Goes on from a checkpoint; the answers are in `context.answers`. */
  resume(run: EngineRun, checkpoint: Checkpoint): HandlerResult
}

/** Port of the engine that runs agents with a model. */
export const agentEnginePort = port<AgentEngine>('pf.agent-engine')
