import type { JsonValue } from '@pf-agents/agent-core'
import { parseJson, type ParseJsonOptions } from './parse-json'
import { type BodySource, readBody, type ReadBodyOptions } from './read-body'

/**
 * Reads and parses a JSON body within bounds: {@link readBody}, then {@link parseJson}.
 *
 * @throws PfError PF_REQUEST_TOO_LARGE, PF_REQUEST_INVALID
 */
export async function readJson(
  source: BodySource,
  limit: number,
  options: Omit<ReadBodyOptions, 'code'> & Omit<ParseJsonOptions, 'code'> = {},
): Promise<JsonValue> {
  return parseJson(await readBody(source, limit, options), { maxDepth: options.maxDepth })
}
