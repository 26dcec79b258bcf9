import type { SuiteName } from './app'
import { cardCases } from './card'
import type { Case } from './case'
import { followUpCases } from './follow-up'
import { guardedCases } from './guarded'
import { hostileCases } from './hostile'
import { jsonRpcCases } from './json-rpc'
import { listTasksCases } from './list-tasks'
import { longIdCases } from './long-ids'
import { negotiationCases } from './negotiation'
import { restCases } from './rest'
import { sendMessageCases } from './send-message'
import { taskCases } from './tasks'
import { tenantCases } from './tenants'
import { v03Cases } from './v0-3'

/** What a server must do, by the app it serves (`createSuiteApp`). The same cases run on every target. */
export const suites: Readonly<Record<SuiteName, readonly Case[]>> = {
  open: [
    ...sendMessageCases,
    ...followUpCases,
    ...taskCases,
    ...listTasksCases,
    ...negotiationCases,
    ...cardCases,
    ...jsonRpcCases,
    ...restCases,
    ...hostileCases,
    ...longIdCases,
    ...v03Cases,
  ],
  guarded: guardedCases,
  tenants: tenantCases,
}
