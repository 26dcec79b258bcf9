import type { A2AError, AgentCard } from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'
import type { Service } from './service'

/** Serves callers of another version of A2A than 1.0, at the edge: what is behind knows 1.0 alone. */
export interface VersionAdapter {
  /** The version, as cards and headers name it. */
  readonly version: string
  /** Path of the card for callers that look for it at the place of an older version. */
  readonly cardPath: string
  /** Whether a request for the card asks for that of this version. */
  wantsCard(request: Request, info: RequestInfo): boolean
  /** The card in this version. */
  card(card: AgentCard): object
  /** Whether the body of a JSON-RPC request is one of this version. */
  takesRpc(body: unknown, request: Request, info: RequestInfo): boolean
  /** Answers it. Never rejects. */
  answerRpc(service: Service, body: unknown, request: Request, info: RequestInfo): Promise<Response>
  /** Whether an HTTP+JSON request is one of this version, by its path behind the interface's URL. */
  takesRest(path: string, request: Request, info: RequestInfo): boolean
  /** Answers it. Never rejects. */
  answerRest(service: Service, path: string, request: Request, info: RequestInfo): Promise<Response>
  /** An error as HTTP+JSON of this version tells it. */
  restFailure(error: A2AError): Response
}
