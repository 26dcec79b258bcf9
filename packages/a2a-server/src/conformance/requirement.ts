/** What a requirement is about. */
export type RequirementGroup =
  | 'send'
  | 'stream'
  | 'get'
  | 'list'
  | 'cancel'
  | 'subscribe'
  | 'push'
  | 'card'
  | 'extended-card'
  | 'errors'
  | 'capabilities'
  | 'data'
  | 'auth'
  | 'version'
  | 'equivalence'
  | 'json-rpc'
  | 'rest'
  | 'grpc'

/** One thing that A2A 1.0.1 asks of an implementation, under the id the official kit gives it. */
export interface Requirement {
  /** How strongly it is asked (RFC 2119). */
  level: 'must' | 'should' | 'may'
  /** Section of the A2A specification 1.0.1. */
  section: string
  group: RequirementGroup
  /** What is asked, in our words. Where the kit still asks for what 1.0.0 said, this is what 1.0.1 says. */
  summary: string
  /** No test of the kit exercises it: only our own can. */
  unexercised?: true
  /** Why no test of ours cites it. Without this, one has to. */
  deferred?: { reason: string }
}

/** Decided: docs/design.md, section 7. */
export const grpcNotServed = {
  reason: 'gRPC is not served: it is not possible inside a component, and the two HTTP bindings cover every operation',
}

/** Not in the hands of a library. */
export const leftToDeployment = (what: string) => ({ reason: `left to whoever deploys: ${what}` })
