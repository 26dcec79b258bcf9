import { A2A_VERSION_0_3, toV03Card } from '@pf-agents/a2a-protocol'
import type { VersionAdapter } from '../version-adapter'
import { answerV03Rpc, takesV03Rpc } from './json-rpc'
import { answerV03Rest, takesV03Rest, v03RestFailure } from './rest'
import { namesV03 } from './version'

/** Serves peers of A2A 0.3 (and 0.2, whose wire is the same). */
export const v03Adapter: VersionAdapter = {
  version: A2A_VERSION_0_3,
  // Where 0.2 had its card, and nobody of 1.0 looks for one.
  cardPath: '/.well-known/agent.json',
  wantsCard: namesV03,
  card: (card) => toV03Card(card),
  takesRpc: takesV03Rpc,
  answerRpc: answerV03Rpc,
  takesRest: takesV03Rest,
  answerRest: answerV03Rest,
  restFailure: v03RestFailure,
}
