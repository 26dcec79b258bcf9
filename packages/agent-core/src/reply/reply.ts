import type { AnswerTime, Interrupt } from '../interrupt/interrupt'
import type { Checkpoint } from '../engine/checkpoint'
import type { JsonObject, JsonValue } from '../model/json'
import type { Part } from '../model/part'
import type { Artifact } from '../model/task'

/** An artifact as a handler gives it; an id is made where it names none. */
export type ArtifactInput = Omit<Artifact, 'artifactId'> & { artifactId?: string }

interface Remembered {
  /**
   * What an engine wants to find in the conversation later: metadata of the run's last message there, which stands neither
   * in the task nor in what callers are told.
   */
  remember?: JsonObject
}

/** How a run ends or pauses. Made with {@link reply}. */
export type Reply =
  | ({ reply: 'message'; parts: Part[]; metadata?: JsonObject } & Remembered)
  | ({ reply: 'completed'; parts?: Part[]; artifacts: ArtifactInput[] } & Remembered)
  | { reply: 'rejected'; parts: Part[] }
  | { reply: 'failed'; parts: Part[] }
  | {
      reply: 'suspended'
      state: 'input-required' | 'auth-required'
      /** Ids are made where none are given; one that is given must be unique in the task. */
      interrupts: (Omit<Interrupt, 'id' | 'status'> & AnswerTime & { id?: string })[]
      /** Where the engine goes on; the handler engine makes its own. */
      checkpoint?: Checkpoint
      /**
       * Whoever asks goes on where an answer is given up (`cancelled`), as a model loop within a handler does. Without it a
       * handler's task then ends as canceled.
       */
      takesCancelled?: true
      parts?: Part[]
    }

/** What a question to the caller consists of. */
export interface InputRequest {
  /** What is asked, for people. */
  prompt: string
  /** Names the answer: the handler runs again and finds it as `ctx.slots[slot]`. Default `answer`. */
  slot?: string
  /** JSON Schema of the answer; an answer that does not match is asked for again. */
  schema?: JsonObject
  /** ISO 8601; later answers are refused. */
  expiresAt?: string
  /** Milliseconds to answer in, from when it is asked; later answers are refused. Goes before `expiresAt`. */
  timeoutMs?: number
}

function textOrParts(content: string | readonly Part[]): Part[] {
  return typeof content === 'string' ? [{ text: content }] : [...content]
}

/**
 * How a handler answers. `text`, `data` and `parts` are a direct message where nothing made the run a task, and a
 * completed task with one artifact otherwise; everything else makes a task.
 *
 * @example
 * ```ts
 * return reply.text('Hello')
 * return reply.artifact({ name: 'plan', parts: [{ text: 'Day 1 …' }] })
 * return reply.inputRequired({ prompt: 'Which day?', slot: 'day', schema: { type: 'string', format: 'date' } })
 * ```
 */
export const reply = {
  /** Plain text. */
  text: (text: string): Reply => ({ reply: 'message', parts: [{ text }] }),
  /** One JSON value. */
  data: (data: JsonValue): Reply => ({ reply: 'message', parts: [{ data, mediaType: 'application/json' }] }),
  /** Any parts; one or more. */
  parts: (parts: readonly Part[], metadata?: JsonObject): Reply => ({
    reply: 'message',
    parts: [...parts],
    ...(metadata && { metadata }),
  }),
  /** A completed task with one result. */
  artifact: (artifact: ArtifactInput): Reply => ({ reply: 'completed', artifacts: [artifact] }),
  /** A completed task with several results. */
  artifacts: (artifacts: readonly ArtifactInput[]): Reply => ({ reply: 'completed', artifacts: [...artifacts] }),
  /** A completed task whose status says something. */
  completed: (content?: string | readonly Part[]): Reply => ({
    reply: 'completed',
    artifacts: [],
    ...(content !== undefined && { parts: textOrParts(content) }),
  }),
  /** Asks the caller: the task waits as input-required, and the handler runs again with the answer. */
  inputRequired: ({ prompt, ...rest }: InputRequest): Reply => ({
    reply: 'suspended',
    state: 'input-required',
    interrupts: [{ kind: 'input', prompt, ...rest }],
  }),
  /** Several questions at once; the handler runs again when all are answered. */
  inputsRequired: (requests: readonly InputRequest[]): Reply => ({
    reply: 'suspended',
    state: 'input-required',
    interrupts: requests.map(({ prompt, ...rest }) => ({ kind: 'input' as const, prompt, ...rest })),
  }),
  /** Says that the caller must bring credentials out of band: the task waits as auth-required (A2A 1.0, 7.6). */
  authRequired: ({ prompt, ...rest }: InputRequest): Reply => ({
    reply: 'suspended',
    state: 'auth-required',
    interrupts: [{ kind: 'auth', prompt, ...rest }],
  }),
  /** The agent does not take this on. */
  rejected: (reason: string | readonly Part[]): Reply => ({ reply: 'rejected', parts: textOrParts(reason) }),
  /** The agent took it on and could not do it. */
  failed: (reason: string | readonly Part[]): Reply => ({ reply: 'failed', parts: textOrParts(reason) }),
}

/** Whether a value is a {@link Reply}. */
export function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && 'reply' in value
}
