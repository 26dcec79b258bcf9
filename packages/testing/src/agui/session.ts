import { isDeepStrictEqual } from 'node:util'
import { readFrames } from './frames'
import type { AguiCheckOptions, AguiClient, AguiClientAgent, AguiInterrupt, AguiScenarioInput } from './options'
import { recordingFetch, type Recording } from './record'
import type { AguiCheck, AguiEvent, AguiResult, AguiRun } from './report'
import { checkRun, checkTerminal, type RunOutcome } from './rules'
import type { EventSchemas } from './schema'

/** What sessions of one scenario share. */
export interface SessionTerms {
  url: string
  options: AguiCheckOptions
  client: AguiClient
  input: AguiScenarioInput
  result: AguiResult
  schemas: EventSchemas
  onEvent(event: AguiEvent): void
}

/** An answer, as a run takes it along. */
export interface Resume {
  interruptId: string
  status: 'resolved' | 'cancelled'
  payload?: unknown
}

/** What a run is asked. */
export interface RunRequest {
  /** What the user says before it. */
  content?: string
  resume?: Resume[]
  /** Told of each event, with what breaks the run off: then nothing is asked of its end. */
  onEvent?: (event: AguiEvent, abort: () => void) => void
  /** An answer that is no stream is right, too: it has this status or more, and is JSON. */
  mayFailFrom?: number
}

/** What a run came to, as scenarios look at it. */
export interface SessionRun extends AguiRun, RunOutcome {
  /** Events as the client gave them on. */
  delivered: AguiEvent[]
  /** The client refused something, and what. */
  refused: Error | undefined
  isAborted: boolean
  /** Bytes of the stream. */
  length: number
  /** Milliseconds between the first bytes of the stream and its last. What the client does with them is not counted. */
  spreadMs: number
}

/** A client's conversation on one thread: each run is checked by all the rules. */
export class Session {
  readonly threadId: string = `check-${crypto.randomUUID()}`
  readonly agent: AguiClientAgent
  readonly #terms: SessionTerms
  #recording: Recording | undefined
  #runId = ''

  constructor(terms: SessionTerms) {
    this.#terms = terms
    const { url, client, input, options } = terms
    this.agent = new client.HttpAgent({
      url,
      threadId: this.threadId,
      initialState: { ...input.state },
      fetch: recordingFetch(options.fetch ?? fetch, options.headers ?? {}, (recording) => {
        this.#recording = recording
      }),
    }) as AguiClientAgent
  }

  /** Of the run that is under way. */
  get ids(): { threadId: string; runId: string } {
    return { threadId: this.threadId, runId: this.#runId }
  }

  /** Adds a message to what the client holds. */
  add(message: Record<string, unknown>): void {
    this.agent.addMessage({ id: `check-${crypto.randomUUID()}`, ...message } as never)
  }

  /** Runs the agent, and checks what comes. */
  async run({ content, resume, onEvent, mayFailFrom }: RunRequest): Promise<SessionRun> {
    const { result, input, options, schemas } = this.#terms
    if (content !== undefined) this.add({ role: 'user', content })
    const runId = (this.#runId = `check-${crypto.randomUUID()}`)
    const context = {
      threadId: this.threadId,
      runId,
      messages: structuredClone(this.agent.messages),
      state: structuredClone(this.agent.state),
      clientTools: new Set((input.tools ?? []).map((one) => String(one['name']))),
    }
    const delivered: AguiEvent[] = []
    let isAborted = false
    let isLate = false
    const abort = (): void => {
      isAborted = true
      this.agent.abortRun()
    }
    const timeoutMs = options.timeoutMs ?? 30_000
    const timer = setTimeout(() => {
      isLate = true
      abort()
    }, timeoutMs)
    this.#recording = undefined
    const started = performance.now()
    let refused: Error | undefined
    try {
      await this.agent.runAgent(
        {
          runId,
          ...(input.tools && { tools: structuredClone(input.tools) }),
          ...(input.forwardedProps && { forwardedProps: structuredClone(input.forwardedProps) }),
          ...(resume && { resume: structuredClone(resume) }),
        } as never,
        {
          onEvent: ({ event }: { event: AguiEvent }) => {
            // What the client itself says of a run that was broken off.
            if (isAborted) return
            delivered.push(structuredClone(event))
            this.#terms.onEvent(event)
            onEvent?.(event, abort)
          },
        } as never,
      )
    } catch (error) {
      refused = error instanceof Error ? error : new Error(String(error))
    } finally {
      clearTimeout(timer)
    }
    const ms = performance.now() - started
    const recording = this.#recording as Recording | undefined
    const bytes = recording?.bytes() ?? new Uint8Array()
    const frames = readFrames(bytes, recording?.isWhole === true && recording.status === 200)
    const index = result.runs.length
    const told = (check: AguiCheck, message: string, event?: number): void =>
      void result.problems.push({ check, message, run: index, ...(event !== undefined && { event }) })
    const run: AguiRun = {
      threadId: this.threadId,
      runId,
      status: recording?.status ?? 0,
      contentType: recording?.headers.get('content-type') ?? '',
      events: frames.events,
      firstEventMs: recording?.firstEventMs,
      ms,
    }
    result.runs.push(run)
    const facts = {
      delivered,
      refused,
      isAborted,
      length: bytes.length,
      spreadMs: (recording?.lastBytesMs ?? 0) - (recording?.firstEventMs ?? 0),
    }
    if (isLate) told('time', `The run was not over after ${timeoutMs} ms.`)
    if (run.status !== 200) {
      this.#checkRefusal(run, bytes, refused, isAborted, mayFailFrom, told)
      const outcome = { end: undefined, interrupts: [], unanswered: new Map<string, string>(), state: context.state }
      return { ...run, ...outcome, ...facts }
    }
    if (!/^text\/event-stream\s*(?:;|$)/.test(run.contentType))
      told('http', `The content type is ${JSON.stringify(run.contentType)}, not text/event-stream.`)
    for (const { message, event } of frames.problems) told('framing', message, event)
    for (const [at, event] of frames.events.entries()) {
      const problem = schemas.problem(event)
      if (problem !== undefined) told('schema', problem, at)
      const unknown = schemas.unknownFields(event)
      if (unknown.length > 0)
        result.warnings.push(
          `run ${index}, event ${at}: ${event.type} has fields that clients leave out: ${unknown.join(', ')}`,
        )
    }
    if (!isAborted) {
      checkTerminal(frames.events, told)
      if (refused !== undefined) told('client', `The client refused the run: ${refused.message}`)
    }
    const outcome = checkRun(delivered, context, told)
    this.#checkHeld(outcome, refused, told)
    return { ...run, ...outcome, ...facts }
  }

  #checkRefusal(
    run: AguiRun,
    bytes: Uint8Array,
    refused: Error | undefined,
    isAborted: boolean,
    mayFailFrom: number | undefined,
    told: (check: AguiCheck, message: string) => void,
  ): void {
    if (run.status === 0) {
      if (!isAborted) told('http', `There was no answer: ${String(refused?.message)}`)
      return
    }
    if (mayFailFrom === undefined || run.status < mayFailFrom)
      told('http', `The answer has the status ${run.status}: ${new TextDecoder().decode(bytes.subarray(0, 200))}`)
    else if (!run.contentType.includes('application/json'))
      told(
        'http',
        `The error ${run.status} is ${JSON.stringify(run.contentType)}, not JSON: the client can not tell its reason.`,
      )
  }

  #checkHeld(
    { state }: RunOutcome,
    refused: Error | undefined,
    told: (check: AguiCheck, message: string) => void,
  ): void {
    const ids = this.agent.messages.map(({ id }) => id)
    const twice = ids.filter((id, at) => ids.indexOf(id) < at)
    if (twice.length > 0) told('history', `The client holds messages twice: ${twice.join(', ')}.`)
    if (refused === undefined && !isDeepStrictEqual(plain(this.agent.state), plain(state)))
      told('patches', 'The client ended with another state than the events make.')
  }
}

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))

/** An answer to each question, that fits its schema. */
export function answersTo(interrupts: readonly AguiInterrupt[], input: AguiScenarioInput): Resume[] {
  return interrupts.map((one) => ({
    interruptId: one.id,
    status: 'resolved',
    payload: input.answer === undefined ? sampleOf(one['responseSchema']) : input.answer(one),
  }))
}

type Schema = Readonly<Record<string, unknown>>

/** The simplest value that a schema of common form takes. */
function sampleOf(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return true
  const schema = given as Schema
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0] as unknown
  const choice = (schema['oneOf'] ?? schema['anyOf']) as unknown[] | undefined
  if (Array.isArray(choice)) return sampleOf(choice[0])
  const [type] = [schema['type']].flat()
  switch (type) {
    case 'string':
      return 'x'.repeat(Math.max(1, Number(schema['minLength'] ?? 1)))
    case 'integer':
    case 'number':
      return Number(schema['minimum'] ?? 1)
    case 'array':
      return Array.from({ length: Number(schema['minItems'] ?? 0) }, () => sampleOf(schema['items']))
    case 'null':
      return null
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Schema
      const required = (schema['required'] ?? []) as string[]
      return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name])]))
    }
    default:
      return true
  }
}
