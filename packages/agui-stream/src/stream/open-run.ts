import type { Interrupt, TaskKey } from '@pf-agents/agent-core'
import { RunEncoder } from '../encode/run-encoder'
import { createOutboundGuard, type OutboundGuard } from '../guard/outbound-guard'
import type { RunInput } from '../input/run-input'
import type { Service } from '../service'
import { profileOf } from '../wire/profile'
import { RunStream } from './run-stream'
import type { WaitingStream } from './waiting-stream'

/** What tells and checks one run. */
export interface RunSides {
  encoder: RunEncoder
  guard: OutboundGuard
}

const nothing: ReadonlySet<string> = new Set()

/** Most sets have nothing in them, and are the same. */
const setOf = (values: readonly string[]): ReadonlySet<string> => (values.length === 0 ? nothing : new Set(values))

/** Makes what tells a run that a request began. */
export function sidesOf(
  service: Service,
  input: RunInput,
  taskId: string,
  interrupts: readonly Interrupt[] | undefined,
): RunSides {
  const { options, logger } = service.parts
  const { threadId, runId, messages, tools, state } = input
  return {
    encoder: new RunEncoder({
      threadId,
      runId,
      taskId,
      interrupts,
      heldIds: setOf(messages.map(({ id }) => id)),
      heldResults: setOf(messages.flatMap((one) => (one.role === 'tool' ? one.toolCallId : []))),
      hasReasoning: options.reasoning ?? true,
    }),
    guard: createOutboundGuard({
      threadId,
      runId,
      mode: options.guard ?? 'repair',
      onProblem: (problem) => logger.log('warn', 'An AG-UI event was put right.', { taskId, runId, ...problem }),
      messages,
      clientTools: setOf(tools.map(({ name }) => name)),
      state: state ?? {},
    }),
  }
}

/** Makes what tells a run from where it stands, where nothing of it can be read again. */
export function plainSides(service: Service, { threadId, runId }: RunInput, taskId: string): RunSides {
  const guard = createOutboundGuard({ threadId, runId })
  guard.push({ type: 'RUN_STARTED', threadId, runId })
  const hasReasoning = service.parts.options.reasoning ?? true
  return { encoder: new RunEncoder({ threadId, runId, taskId, hasReasoning }), guard }
}

/** Opens the stream of a run. */
export function openStream(
  service: Service,
  input: RunInput,
  key: TaskKey,
  sides: RunSides,
  waiting?: WaitingStream,
): RunStream {
  const { options, streams, logger } = service.parts
  service.live.join(key.taskId)
  const stream = new RunStream({
    ...sides,
    hub: service.hub,
    streams,
    logger,
    key,
    threadId: input.threadId,
    profile: profileOf(input.protocolVersion, {
      subagents: options.subagentsForOldClients,
      legacyInterrupts: options.legacyInterrupts,
    }),
    frameLimit: service.frameLimit,
    waiting,
    onOver(isRunOver) {
      service.open.delete(stream)
      service.live.leave(key.taskId, isRunOver)
    },
  })
  service.open.add(stream)
  return stream
}
