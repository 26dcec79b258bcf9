import {
  A2A_JSON,
  type AuthenticationInfo,
  decodeStreamResponse,
  isRestContentType,
  type StreamResponse,
} from '@pf-agents/a2a-protocol'
import { type Awaitable, consoleLogger, type JsonValue, type Logger, PfError } from '@pf-agents/agent-core'
import { sameText } from '@pf-agents/auth'
import { parseJson, readBody } from '@pf-agents/http-kit'
import { isIdempotent, type PushNotification, taskIdOf } from './notification'
import { NotificationQueue } from './notification-queue'
import { RecentlySeen } from './recently-seen'

/** Options of {@link createPushReceiver}. */
export interface PushReceiverOptions {
  /**
   * What the push config asked for under `authentication`; several while credentials are changed over. A notification
   * has to carry one of them.
   */
  authentication?: AuthenticationInfo | readonly AuthenticationInfo[] | undefined
  /** The `token` of the push config; several while it is changed over. A notification has to carry one of them. */
  token?: string | readonly string[] | undefined
  /**
   * Whether a task is one of the receiver's own. Others are answered with 404, so that they come again: the first
   * notification of a new task may be here before its id is.
   */
  isOwnTask: (taskId: string) => Awaitable<boolean>
  /**
   * Called with every notification, once, however often it comes. It is answered when this has settled, and comes again
   * where it throws: keep it short, and do the work elsewhere. Without it, read {@link PushReceiver.notifications}.
   */
  onNotification?: ((notification: PushNotification) => Awaitable<void>) | undefined
  /** Makes an update of what an older version of A2A sends ({@link upgradeV03Notification}). Default: only 1.0 is read. */
  upgrade?: ((body: JsonValue) => unknown) | undefined
  /** Bytes a notification may have. Default 4 MiB. */
  maxBytes?: number | undefined
  /** Notifications whose repetition is noticed. Default 10,000. */
  remember?: number | undefined
  /** Notifications that may wait to be read from {@link PushReceiver.notifications}; beyond, senders are told to wait. Default 1,000. */
  maxQueued?: number | undefined
  /** Where it is told what `onNotification` and `isOwnTask` threw. Default: JSON lines on the console's error stream. */
  logger?: Logger | undefined
}

/** Receives push notifications. */
export interface PushReceiver {
  /** Answers one request: the body of any server, framework or component handler that has web requests. Never rejects. */
  handle(request: Request): Promise<Response>
  /** The notifications, for one reader, where no `onNotification` is given. Leaving the loop ends the receiver. */
  notifications(): AsyncIterableIterator<PushNotification, undefined, undefined>
  /** Ends the iteration; notifications that come are told to come again later. */
  close(): void
}

/**
 * Makes a receiver of push notifications (§4.3.3): it checks credentials and token in constant time, reads strictly, asks
 * whether the task is known, drops what comes again, and answers fast.
 *
 * Notifications come at least once. What comes again is told by the sender's id of it, which pf-agents gives; of senders
 * without one, two equal updates count as one, but for chunks that are added to an artifact.
 *
 * @throws PfError PF_CONFIG_INVALID where neither credentials nor a token are asked for
 *
 * @example
 * ```ts
 * const receiver = createPushReceiver({
 *   authentication: { scheme: 'Bearer', credentials },
 *   isOwnTask: (taskId) => tasks.has(taskId),
 *   onNotification: ({ taskId, update }) => queue.add({ taskId, update }),
 * })
 * app.post('/hook', (context) => receiver.handle(context.req.raw))
 * ```
 */
export function createPushReceiver(options: PushReceiverOptions): PushReceiver {
  const { maxBytes = 4 * 1024 * 1024, remember = 10_000, maxQueued = 1_000, upgrade, logger = consoleLogger } = options
  const tokens = listOf(options.token)
  const accepted = listOf(options.authentication)
  if (tokens.length === 0 && accepted.length === 0) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      'createPushReceiver: give the "authentication" or the "token" of the push config; anybody could send notifications otherwise.',
    )
  }
  const seen = new RecentlySeen(remember)
  const queue = new NotificationQueue<PushNotification>(maxQueued)
  const take = options.onNotification ?? ((notification) => queue.push(notification))

  async function receive(request: Request): Promise<Response> {
    if (request.method !== 'POST') return answer(405, { allow: 'POST' })
    if (!isFrom(request.headers, tokens, accepted)) {
      return answer(401, { 'www-authenticate': accepted[0]?.scheme ?? 'Bearer' })
    }
    if (!isRestContentType(request.headers.get('content-type'))) return answer(415, { accept: A2A_JSON })
    const bytes = await readBody(request, maxBytes)
    const update = read(bytes, upgrade)
    const taskId = taskIdOf(update)
    if (taskId === undefined) return answer(400)
    const id = request.headers.get('x-a2a-notification-id') ?? undefined
    const name = id ?? (isIdempotent(update) ? await digest(bytes) : undefined)
    return hand({ taskId, update, id }, name)
  }

  /** What goes wrong on our own side is no fault of the sender's: it comes again. */
  async function hand(notification: PushNotification, name: string | undefined): Promise<Response> {
    const { taskId } = notification
    try {
      if (!(await options.isOwnTask(taskId))) return answer(404)
      const work = async (): Promise<void> => take(notification)
      await (name === undefined ? work() : seen.once(`${taskId} ${name}`, work))
      return answer(204)
    } catch (error) {
      const retryAfterMs = PfError.is(error, 'PF_OVERLOADED') ? error.retryAfterMs : undefined
      if (retryAfterMs === undefined)
        logger.log('error', 'A push notification could not be taken.', { taskId, error: String(error) })
      return answer(503, { 'retry-after': String(Math.ceil((retryAfterMs ?? 5_000) / 1_000)) })
    }
  }

  return {
    async handle(request) {
      try {
        return await receive(request)
      } catch (error) {
        return failure(error)
      }
    },
    notifications() {
      const iterator: AsyncIterableIterator<PushNotification, undefined, undefined> = {
        next: () => queue.next(),
        async return() {
          queue.end()
          return { done: true, value: undefined }
        },
        [Symbol.asyncIterator]: () => iterator,
      }
      return iterator
    },
    close: () => queue.end(),
  }
}

function listOf<T>(given: T | readonly T[] | undefined): readonly T[] {
  return given === undefined ? [] : Array.isArray(given) ? (given as readonly T[]) : [given as T]
}

/** Everything is compared, whatever matched before: how long it takes tells nothing. */
function isFrom(headers: Headers, tokens: readonly string[], accepted: readonly AuthenticationInfo[]): boolean {
  const token = headers.get('x-a2a-notification-token') ?? ''
  const [scheme = '', credentials = ''] = splitOnce(headers.get('authorization') ?? '')
  let hasToken = tokens.length === 0
  for (const one of tokens) if (sameText(one, token)) hasToken = true
  let hasCredentials = accepted.length === 0
  for (const one of accepted) {
    const isSame = sameText(one.credentials ?? '', credentials)
    if (isSame && one.scheme.toLowerCase() === scheme.toLowerCase()) hasCredentials = true
  }
  return hasToken && hasCredentials
}

function splitOnce(text: string): string[] {
  const at = text.indexOf(' ')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1).trim()]
}

function read(bytes: Uint8Array, upgrade: PushReceiverOptions['upgrade']): StreamResponse {
  const body = parseJson(bytes, { maxDepth: 120 })
  return decodeStreamResponse(upgrade === undefined ? body : upgrade(body))
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
  let text = ''
  for (const byte of hash) text += String.fromCharCode(byte)
  return btoa(text)
}

function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers })
}

/** The answer to what could not be read: it can't be read later either, but for a connection that broke. */
function failure(error: unknown): Response {
  if (PfError.is(error, 'PF_REQUEST_TOO_LARGE')) return answer(413)
  return answer(PfError.is(error) ? 400 : 503)
}
