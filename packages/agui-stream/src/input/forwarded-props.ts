import type { JsonValue, Message } from '@pf-agents/agent-core'

/** Under this name a message's metadata carries the `forwardedProps` of the request that brought it. */
export const forwardedPropsKey = 'urn:pf-agents:agui:forwarded-props'

/**
 * What a client forwarded with its run, untouched: check it before use. `undefined` where it forwarded nothing, or the
 * message came another way.
 *
 * @example
 * ```ts
 * const onMessage = (message: IncomingMessage) => reply.text(`Theme: ${JSON.stringify(forwardedProps(message))}`)
 * ```
 */
export function forwardedProps({ metadata }: Pick<Message, 'metadata'>): JsonValue | undefined {
  return metadata !== undefined && Object.hasOwn(metadata, forwardedPropsKey) ? metadata[forwardedPropsKey] : undefined
}
