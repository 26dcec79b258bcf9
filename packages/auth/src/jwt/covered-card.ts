import { canonicalAgentCard, decodeAgentCard } from '@pf-agents/a2a-protocol'
import type { JsonObject } from '@pf-agents/agent-core'

/**
 * The card that a signature covers: its canonical text, read again. `undefined` where the card that came means anything
 * else: then it is not the one that was signed.
 *
 * The form of the SDKs leaves out what they do not know and what is empty, and some of that means something to a reader: a
 * member in snake_case, a requirement without schemes. The form of the specification fills in what is required, and a
 * reader takes that before the same member in snake_case.
 */
export function coveredCard(card: JsonObject, payload: Uint8Array): JsonObject | undefined {
  const covered = JSON.parse(new TextDecoder().decode(payload)) as JsonObject
  // Its signatures are not signed, and some of them may be no signatures at all.
  const { signatures: _signatures, ...unsigned } = card
  return meaningOf(unsigned) === meaningOf(covered) ? covered : undefined
}

/**
 * What a reader makes of a card, written so that a default and nothing are the same where the specification says so.
 * `undefined` where it can make nothing of it, which whoever goes by the card finds, too.
 */
function meaningOf(card: JsonObject): string | undefined {
  try {
    return canonicalAgentCard(decodeAgentCard(card))
  } catch {
    return undefined
  }
}
