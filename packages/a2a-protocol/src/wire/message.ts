import type { Message } from '@pf-agents/agent-core'

/** Role as A2A 1.0 writes it (ProtoJSON enum names, §5.5). */
export type WireRole = 'ROLE_USER' | 'ROLE_AGENT'

/** Message as A2A 1.0 writes it (§4.1.4). Parts have the same shape inside and on the wire. */
export interface WireMessage extends Omit<Message, 'role'> {
  role: WireRole
}
