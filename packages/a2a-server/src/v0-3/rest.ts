import {
  A2AError,
  encodeV03RestError,
  formOfV03Request,
  isRestContentType,
  isStreaming,
  JSON_TYPE,
  matchV03Route,
  type Operation,
  type Requests,
  toV03Result,
  upgradeV03RestParams,
  type V03Form,
} from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'
import { jsonAnswer, parseBody } from '../binding/answer'
import type { Service } from '../service'
import { V03RestFraming } from './framing'
import { readParams, unknownOperation } from './params'
import { extensionsOf, isV03, withExtensions } from './version'

const none: readonly string[] = []

/** Whether an HTTP+JSON request is one of 0.3: its path begins with `/v1/`, and it names no other version. */
export function takesV03Rest(path: string, request: Request, info: RequestInfo): boolean {
  return path.startsWith('/v1/') && isV03(request, info)
}

/** Answers one HTTP+JSON request of A2A 0.3, checked in the same order as those of 1.0. */
export async function answerV03Rest(
  service: Service,
  path: string,
  request: Request,
  info: RequestInfo,
): Promise<Response> {
  try {
    const match = matchV03Route(request.method, path)
    if (match === undefined) throw unknownOperation()
    const { operation } = match
    const extensions = service.negotiation.activate(extensionsOf(info))
    service.negotiation.checkCapability(operation)
    const body = request.method === 'POST' ? await readBody(info) : undefined
    const form = formOf(operation, body)
    const upgraded = upgradeV03RestParams(match, queryOf(request.url), body)
    const params = await readParams(service, operation, upgraded, request, info)
    if (isStreaming(operation)) {
      const framing = new V03RestFraming(form)
      return await service.stream(
        operation,
        params as Requests[typeof operation],
        request,
        info,
        extensions,
        framing,
        '0.3',
      )
    }
    const result = await service.answer(operation, params, request, info, extensions, '0.3')
    return withExtensions(jsonAnswer(toV03Result(operation, result, form) as object, none, 200, JSON_TYPE), extensions)
  } catch (error) {
    return v03RestFailure(service.tell(error))
  }
}

/** An error as HTTP+JSON of 0.3 tells it. */
export function v03RestFailure(error: A2AError): Response {
  const { status, body } = encodeV03RestError(error)
  return jsonAnswer(body, none, status, undefined, error)
}

/** Answers are in the form of the request; to one without a body, in that of the proto, as the SDKs of 0.3 read them. */
function formOf(operation: Operation, body: unknown): V03Form {
  switch (operation) {
    case 'SendMessage':
    case 'SendStreamingMessage':
      return formOfV03Request(body)
    case 'CreateTaskPushNotificationConfig':
      return typeof body === 'object' && body !== null && 'taskId' in body ? 'kind' : 'proto'
    default:
      return 'proto'
  }
}

async function readBody(info: RequestInfo): Promise<unknown> {
  const bytes = await info.readBody()
  if (bytes.byteLength === 0) return undefined
  if (!isRestContentType(info.header('content-type'))) {
    throw new A2AError('ContentTypeNotSupportedError', { message: 'Bodies have the content type application/json.' })
  }
  return parseBody(bytes, info)
}

function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : url.slice(at).split('#', 1)[0])
}
