import { isActive, PfError, type RequestInfo, type StoredTask } from '@pf-agents/agent-core'
import { parseJson, sseResponse } from '@pf-agents/http-kit'
import type { RunInput } from '../input/run-input'
import { parseRunInput } from '../input/parse-input'
import type { Service } from '../service'
import { type Cursor, parseCursor, taskOf } from '../stream/cursor'
import { openStream, plainSides } from '../stream/open-run'
import { Thread } from '../thread/thread'
import { threadMessages } from '../transcript/history'
import { type Replay, replayTask } from '../transcript/replay'
import type { WireEvent, WireMessage } from '../wire/event'
import { checkAccept, checkContentType } from './headers'
import { startedEvent } from './run'

/** Tasks of a thread whose events are read again; older ones are told as the conversation keeps them. */
const taskLimit = 50
/** Events that are read again together, beside those of the newest task. */
const eventLimit = 50_000
/** Messages of a thread that are told again. */
const messageLimit = 2000

/**
 * `GET` or `POST` on a thread: what was said, the state, and the run that is under way, from where it stands. With a
 * cursor (`Last-Event-ID`, or `?cursor=`) only what comes behind that.
 */
export async function answerConnect(
  service: Service,
  request: Request,
  info: RequestInfo,
  headers: Record<string, string>,
): Promise<Response> {
  checkAccept(info)
  service.checkRoom()
  const input = await connectInput(service, request, info)
  const terms = {
    threadId: input.threadId,
    tenant: info.tenant,
    principal: info.principal,
    runtime: service.agent(info).runtime,
    conversation: service.parts.conversation,
  }
  const thread = await Thread.load(terms, messageLimit)
  if (thread.messages.length === 0)
    throw new PfError('PF_TASK_NOT_FOUND', 'There is no such thread for this caller.', {
      details: { threadId: input.threadId },
    })
  const cursor = cursorOf(request, info)
  const resumed = cursor && (await fromCursor(service, input, info, thread, cursor))
  return sseResponse(resumed ?? (await fromStart(service, input, info, thread)), headers)
}

/** A client that posts brings a whole input, of which the ids count; one that gets is given a run of its own. */
async function connectInput(service: Service, request: Request, info: RequestInfo): Promise<RunInput> {
  const threadId = info.params['threadId'] ?? ''
  if (request.method !== 'POST')
    return {
      threadId,
      runId: `connect-${crypto.randomUUID()}`,
      protocolVersion: '1.0',
      messages: [],
      tools: [],
      context: [],
      resume: [],
    }
  checkContentType(info)
  const input = parseRunInput(
    parseJson(await info.readBody()),
    service.warn('A part of an AG-UI request was left out.', { threadId }),
  )
  if (input.threadId !== threadId)
    throw new PfError('PF_RUN_INPUT_INVALID', 'The thread of the input is not the one of the address.')
  return input
}

function cursorOf(request: Request, info: RequestInfo): Cursor | undefined {
  return parseCursor(new URL(request.url).searchParams.get('cursor') ?? info.header('last-event-id'))
}

/** Everything: the history, the state, and what is under way. */
async function fromStart(service: Service, input: RunInput, info: RequestInfo, thread: Thread) {
  const replays = new Map<string, Replay>()
  let events = 0
  for (const taskId of thread.taskIds.slice(0, taskLimit)) {
    events += (await thread.task(taskId))?.lastSeq ?? 0
    if (events > eventLimit && replays.size > 0) break
    const replay = await replayOf(service, input, info, taskId)
    if (replay !== undefined) replays.set(taskId, replay)
  }
  const stored = await thread.newest()
  const [newestId = ''] = thread.taskIds
  const newest = replays.get(newestId)
  const isLive = stored !== undefined && isActive(stored.task.status.state) && newest?.end === undefined
  const stream = open(service, input, info, newestId, newest)
  const messages = threadMessages(thread.messages, replays, (taskId) => isLive && taskId === newestId)
  stream.writePlain([
    startedEvent(input),
    ...stateOf(thread.taskIds, replays),
    { type: 'MESSAGES_SNAPSHOT', messages: [...olderOf(input, messages), ...messages] },
    ...(isLive ? (newest?.transcript.reopening(true) ?? []) : []),
  ])
  if (isLive) stream.follow((newest?.seq ?? stored.lastSeq) + 1)
  else stream.finishPlain(endOf(input, newest, stored))
  return stream.body
}

/** What a client holds from before all that the server has: it would take it away for not being told again. */
function olderOf({ messages }: RunInput, told: readonly WireMessage[]): WireMessage[] {
  const ids = new Set(told.map(({ id }) => id))
  const known = messages.findIndex(({ id }) => ids.has(id))
  return known < 0 ? [] : messages.slice(0, known)
}

/** What comes behind a cursor; `undefined` where that can't be told any more. */
async function fromCursor(service: Service, input: RunInput, info: RequestInfo, thread: Thread, cursor: Cursor) {
  const { seq } = cursor
  const taskId = taskOf(cursor, thread.taskIds)
  if (taskId === undefined) return undefined
  const stored = await thread.task(taskId)
  if (stored === undefined || seq > stored.lastSeq) return undefined
  const replay = await replayOf(service, input, info, taskId, seq)
  if (replay === undefined || replay.seq < seq || replay.end !== undefined) return undefined
  // Older clients take a call that is opened again for another one.
  if (input.protocolVersion === undefined && replay.transcript.hasOpenCall) return undefined
  const stream = open(service, input, info, taskId, replay)
  stream.writePlain([startedEvent(input), ...replay.transcript.reopening(false)])
  stream.follow(seq + 1)
  return stream.body
}

function replayOf(service: Service, input: RunInput, info: RequestInfo, taskId: string, untilSeq?: number) {
  const { store, options } = service.parts
  const { threadId, runId } = input
  return replayTask({
    store,
    key: { tenant: info.tenant, principalId: info.principal.id, taskId },
    threadId,
    runId,
    hasReasoning: options.reasoning ?? true,
    ...(untilSeq !== undefined && { untilSeq }),
  })
}

function open(service: Service, input: RunInput, info: RequestInfo, taskId: string, replay: Replay | undefined) {
  const key = { tenant: info.tenant, principalId: info.principal.id, taskId }
  return openStream(service, input, key, replay ?? plainSides(service, input, taskId))
}

/** The state that the newest task left which had one. */
function stateOf(taskIds: readonly string[], replays: ReadonlyMap<string, Replay>): WireEvent[] {
  for (const taskId of taskIds) {
    const state = replays.get(taskId)?.state
    if (state !== undefined) return [{ type: 'STATE_SNAPSHOT', snapshot: state }]
  }
  return []
}

/** How the thread stands that nothing is under way in. What a run used was told by the run itself. */
function endOf({ threadId, runId }: RunInput, newest: Replay | undefined, stored: StoredTask | undefined): WireEvent {
  if (newest?.end !== undefined) {
    const { usage: _, ...end } = newest.end
    return withoutSubagents(end as WireEvent)
  }
  if (stored?.task.status.state === 'failed') return { type: 'RUN_ERROR', message: 'The agent failed.', code: 'failed' }
  return { type: 'RUN_FINISHED', threadId, runId, outcome: { type: 'success' } }
}

/** The end of a run in which no subagent is announced: its questions belong to nobody else. */
function withoutSubagents(end: WireEvent): WireEvent {
  if (end.type !== 'RUN_FINISHED' || end.outcome?.type !== 'interrupt') return end
  const interrupts = end.outcome.interrupts.map(({ subagentRunId: _, ...rest }) => rest)
  return { ...end, outcome: { type: 'interrupt', interrupts } }
}
