import { errorStatus, PfError } from '@pf-agents/agent-core'
import { errorResponse } from '@pf-agents/app'

/** An error before the stream: JSON with its status, never an answer of success. */
export async function failure(error: unknown, headers: Record<string, string>): Promise<Response> {
  const response = errorResponse(error)
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  const details = PfError.is(error) && errorStatus(error) < 500 ? error.details : undefined
  if (details === undefined) return response
  const { error: told } = (await response.json()) as { error: object }
  return new Response(JSON.stringify({ error: { ...told, details } }), response)
}
