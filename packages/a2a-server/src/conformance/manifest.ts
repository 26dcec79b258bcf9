import type { Requirement } from './requirement'
import { authRequirements } from './requirements/auth'
import { cardRequirements } from './requirements/card'
import { coreRequirements } from './requirements/core'
import { dataModelRequirements } from './requirements/data-model'
import { grpcRequirements } from './requirements/grpc'
import { interopRequirements } from './requirements/interop'
import { jsonRpcRequirements } from './requirements/json-rpc'
import { pushRequirements } from './requirements/push'
import { restRequirements } from './requirements/rest'
import { streamingRequirements } from './requirements/streaming'

const manifest = {
  ...coreRequirements,
  ...dataModelRequirements,
  ...streamingRequirements,
  ...pushRequirements,
  ...cardRequirements,
  ...authRequirements,
  ...interopRequirements,
  ...jsonRpcRequirements,
  ...restRequirements,
  ...grpcRequirements,
}

/** The id of a requirement, as in the official kit (a2a-tck, branch 1.0-dev, commit 357c4a87). */
export type RequirementId = keyof typeof manifest

/** Everything that A2A 1.0.1 asks of an implementation, by the ids of the official kit. */
export const requirements: Readonly<Record<RequirementId, Requirement>> = manifest
