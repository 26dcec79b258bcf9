import {
  errorStatus,
  type Interrupt,
  type Message,
  PfError,
  type RequestInfo,
  type StoredEvent,
  type StoredTask,
  type Submission,
  type SubmitInput,
  type TaskKey,
} from '@pf-agents/agent-core'
import { parseJson, sseResponse, type SseStream } from '@pf-agents/http-kit'
import { encodeEnd } from '../encode/end-of-run'
import { partsOf } from '../input/content'
import { forwardedPropsKey } from '../input/forwarded-props'
import { parseRunInput } from '../input/parse-input'
import type { RunInput } from '../input/run-input'
import type { Service } from '../service'
import { openStream, sidesOf } from '../stream/open-run'
import type { RunStream } from '../stream/run-stream'
import { WaitingStream } from '../stream/waiting-stream'
import { withLegacyResume } from '../thread/legacy-resume'
import { type Plan, planRun } from '../thread/plan'
import { seedConversation } from '../thread/seed'
import { Thread } from '../thread/thread'
import { protocolVersion, type WireEvent, type WireEventOf } from '../wire/event'
import { wireId } from '../wire/wire-id'
import { checkAccept, checkContentType } from './headers'

/** Deepest nesting of a request. */
const maxDepth = 100

/** Reads and checks a request for a run. @throws PfError */
async function readInput(service: Service, info: RequestInfo): Promise<RunInput> {
  checkContentType(info)
  checkAccept(info)
  service.checkRoom()
  const body = parseJson(await info.readBody(), { maxDepth, maxValues: info.jsonValues })
  return parseRunInput(body, service.warn('A part of an AG-UI request was left out.', { tenant: info.tenant }))
}

/** `POST`: runs the agent, and streams what happens. */
export async function answerRun(
  service: Service,
  request: Request,
  info: RequestInfo,
  headers: Record<string, string>,
) {
  const given = await readInput(service, info)
  const name = runName(info, given.threadId, given.runId)
  const live = service.live.begin(name)
  try {
    const thread = await Thread.load({
      threadId: given.threadId,
      tenant: info.tenant,
      principal: info.principal,
      runtime: service.agent(info).runtime,
      conversation: service.parts.conversation,
    })
    const input = service.parts.options.legacyInterrupts ? await withLegacyResume(given, thread) : given
    const plan = await planRun(
      input,
      thread,
      service.warn('A part of an AG-UI resume was left out.', { runId: input.runId }),
    )
    if (plan.does === 'ask' || plan.does === 'close') {
      service.live.over(name, live)
      const stream = tellOnly(service, input, info, plan)
      return sseResponse(stream.body, headers)
    }
    await seedConversation(input, thread, plan.message)
    const over = (): void => service.live.over(name, live)
    const body = await submitted(service, input, info, request, plan, (submission, taskId) => {
      if (taskId !== undefined) return service.live.named(live, taskId)
      live.submission = submission
      submission.outcome.then(over, over)
    })
    return sseResponse(body, headers)
  } catch (error) {
    if (live.submission === undefined) service.live.over(name, live)
    throw error
  }
}

/** Names a run among those under way. */
export function runName({ tenant, principal }: RequestInfo, threadId: string, runId: string): string {
  return JSON.stringify([tenant, principal.id, threadId, runId])
}

export function startedEvent({ threadId, runId, parentRunId }: RunInput): WireEventOf<'RUN_STARTED'> {
  return {
    type: 'RUN_STARTED',
    threadId,
    runId,
    protocolVersion,
    ...(parentRunId !== undefined && { parentRunId }),
  }
}

type Working = Extract<Plan, { does: 'begin' | 'answer' }>

/**
 * Hands the message in; resolves with the stream once there is something to tell, or the run has waited for its turn so
 * long that its client should hear of it.
 */
function submitted(
  service: Service,
  input: RunInput,
  info: RequestInfo,
  request: Request,
  plan: Working,
  onSubmission: (submission: Submission, taskId?: string) => void,
): Promise<SseStream> {
  const { agent, runtime } = service.agent(info)
  const interrupts = plan.does === 'answer' ? plan.stored.facts.interrupts : undefined
  return new Promise((resolve, reject) => {
    let stream: RunStream | undefined
    let waiting: WaitingStream | undefined
    let first: { key: TaskKey; events: StoredEvent[] } | undefined
    const begin = (key: TaskKey, events: readonly StoredEvent[]): void => {
      onSubmission(submission, key.taskId)
      stopTimer()
      stream = openStream(service, input, key, sidesOf(service, input, key.taskId, interrupts), waiting)
      // Whoever waited for it has left in between.
      if (stream.body.isOver) stream.gone()
      stream.send([startedEvent(input)])
      stream.tell(events)
      stream.follow((events.at(-1)?.seq ?? 0) + 1)
      resolve(stream.body)
    }
    const onEvents = (events: readonly StoredEvent[], key: TaskKey): void => {
      if (stream !== undefined) return
      if (first !== undefined) {
        first.events.push(...events)
        return
      }
      const { events: told } = (first = { key, events: [...events] })
      // They may come before `submit` has returned.
      queueMicrotask(() => begin(key, told))
    }
    const warn = service.warn('A part of an AG-UI message was left out.', { runId: input.runId })
    const parts = partsOf(plan.message?.content ?? '', agent.inputModes, warn)
    const submission = runtime.submit({ ...submitInput(input, info, plan, parts), onEvents })
    onSubmission(submission)
    const { signal } = request
    const giveUp = (): void => {
      if (stream === undefined) submission.cancel()
    }
    signal.addEventListener('abort', giveUp)
    const showSigns = (): void => {
      if (stream !== undefined || first !== undefined || signal.aborted) return
      waiting = new WaitingStream(service, giveUp)
      resolve(waiting.body)
    }
    const { patienceMs } = service
    const stopTimer = patienceMs > 0 ? service.parts.clock.after(patienceMs, showSigns) : () => {}
    submission.outcome
      .then(
        (outcome) => {
          if (stream !== undefined || first !== undefined) return
          const { task } = outcome
          if (task === undefined) throw new PfError('PF_INTERNAL')
          begin(task.key, [{ seq: task.lastSeq, event: { type: 'status', status: task.task.status } }])
        },
        (error: unknown) => {
          if (stream === undefined && first === undefined) throw error
          stream?.end(endOf(error))
        },
      )
      .catch((error: unknown) => {
        if (waiting === undefined) reject(error as Error)
        else waiting.end(endOf(error))
      })
      .finally(() => {
        stopTimer()
        signal.removeEventListener('abort', giveUp)
      })
  })
}

function endOf(error: unknown): { code: string; message: string } {
  const known = PfError.is(error)
  return {
    code: known ? error.code : 'PF_INTERNAL',
    message: known && errorStatus(error) !== 500 ? error.message : 'The agent failed.',
  }
}

function submitInput(input: RunInput, info: RequestInfo, plan: Working, parts: Message['parts']): SubmitInput {
  const { threadId, runId, state, tools, context, forwardedProps } = input
  const isAnswer = plan.does === 'answer'
  const { message } = plan
  return {
    message: {
      messageId: message?.id ?? runId,
      role: 'user',
      // Answers may come without a word; a task begins with a message, be it an empty one.
      parts: isAnswer && message === undefined ? [] : parts.length > 0 ? parts : [{ text: '' }],
      contextId: threadId,
      ...(isAnswer && { taskId: plan.stored.task.id }),
      ...(forwardedProps !== undefined && { metadata: { [forwardedPropsKey]: forwardedProps } }),
    },
    principal: info.principal,
    runId,
    asTask: true,
    ...(isAnswer && { answers: plan.answers }),
    ...(state !== undefined && { state }),
    ...(context.length > 0 && { context: context.map((one) => ({ ...one })) }),
    ...(tools.length > 0 && { clientTools: tools }),
    waitUntil: info.waitUntil,
  }
}

/** Tells where things stand, and runs nothing. */
function tellOnly(service: Service, input: RunInput, info: RequestInfo, plan: Exclude<Plan, Working>): RunStream {
  const { threadId, runId } = input
  const isAsked = plan.does === 'ask'
  const taskId = isAsked ? plan.stored.task.id : ''
  const key: TaskKey = { tenant: info.tenant, principalId: info.principal.id, taskId }
  const stream = openStream(service, input, key, sidesOf(service, input, taskId, undefined))
  const end: WireEvent = isAsked
    ? waitingEnd(input, plan.stored)
    : { type: 'RUN_FINISHED', threadId, runId, outcome: { type: 'cancelled' } }
  stream.send([startedEvent(input), end])
  stream.end()
  return stream
}

/** The end of a run that only says what a task waits for. */
function waitingEnd({ threadId, runId }: { threadId: string; runId: string }, { task, facts }: StoredTask): WireEvent {
  const open: Interrupt[] = (facts.interrupts ?? []).filter((one) => one.status === 'open')
  return encodeEnd({
    threadId,
    runId,
    status: task.status,
    interrupts: open,
    callId: (id) => wireId(task.id, id),
    usage: undefined,
  })
}
