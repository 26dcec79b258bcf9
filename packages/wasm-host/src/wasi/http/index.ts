import type { OutboundTransport } from '../../outbound/transport'
import type { GuestContext } from '../../worker/guest-context'
import type { IoError } from '../io/io-error'
import { Fields } from './fields'
import { FutureTrailers, IncomingBody } from './incoming-body'
import { IncomingRequest } from './incoming-request'
import { OutgoingBody } from './outgoing-body'
import { FutureIncomingResponse, IncomingResponse, outgoingHandler } from './outgoing-handler'
import { OutgoingRequest, RequestOptions } from './outgoing-request'
import { OutgoingResponse, ResponseOutparam } from './outgoing-response'

/**
 * `wasi:http`. The two resources a guest constructs and that do I/O later are bound to their instance here, because
 * their WIT constructors take nothing that could tell whose they are.
 */
export function http(context: GuestContext, transport: OutboundTransport): Record<string, Record<string, unknown>> {
  class InstanceRequest extends OutgoingRequest {
    constructor(headers: Fields) {
      super(context, headers)
    }
  }
  class InstanceResponse extends OutgoingResponse {
    constructor(headers: Fields) {
      super(context, headers)
    }
  }
  return {
    'wasi:http/types': {
      Fields,
      IncomingRequest,
      IncomingBody,
      IncomingResponse,
      FutureTrailers,
      FutureIncomingResponse,
      OutgoingRequest: InstanceRequest,
      OutgoingResponse: InstanceResponse,
      OutgoingBody,
      RequestOptions,
      ResponseOutparam,
      httpErrorCode: (error: IoError) => error.httpCode,
    },
    'wasi:http/outgoing-handler': outgoingHandler(context, transport),
  }
}
