/**
 * AG-UI 1.0 for agents: an endpoint that runs an agent and streams what happens to a user interface. Node only: it needs
 * streams and work that outlive a request.
 *
 * @module
 */
export { aguiStream } from './agui-stream'
export { aguiEvent, type SubagentStart } from './encode/agui-events'
export { createOutboundGuard, type OutboundGuard, type OutboundGuardOptions } from './guard/outbound-guard'
export type { GuardProblem, GuardRule } from './guard/problem'
export { forwardedProps, forwardedPropsKey } from './input/forwarded-props'
export type { AguiStreamOptions, OnDisconnect } from './options'
export { createFrameEncoder } from './wire/encode-frame'
export type { WireEvent, WireInterrupt, WireMessage, WireOutcome, WireUsage } from './wire/event'
