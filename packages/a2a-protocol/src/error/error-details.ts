import { type ErrorCode, isErrorCode, type JsonObject, type JsonValue } from '@pf-agents/agent-core'
import { isFields } from '../json/read'
import { type FieldViolation, MAX_VIOLATIONS } from '../json/violations'
import type { A2AError } from './a2a-error'
import { A2A_ERROR_DOMAIN, errorTable, isSpecified, OWN_ERROR_DOMAIN, reasonOf } from './error-table'

const TYPE = 'type.googleapis.com/google.rpc.'

/** Writes the detail objects of an error, the same on both bindings (§9.5, §11.6). */
export function encodeErrorDetails(error: A2AError): JsonObject[] {
  const details: JsonObject[] = []
  const row = errorTable[error.kind]
  const own = error.code !== row.code
  if (isSpecified(error.kind)) {
    const metadata = own ? { ...error.metadata, code: error.code } : error.metadata
    const info: JsonObject = { '@type': `${TYPE}ErrorInfo`, reason: reasonOf(error.kind), domain: A2A_ERROR_DOMAIN }
    if (metadata) info.metadata = { ...metadata }
    details.push(info)
  } else if (own || row.own || error.metadata) {
    const info: JsonObject = { '@type': `${TYPE}ErrorInfo`, reason: error.code, domain: OWN_ERROR_DOMAIN }
    if (error.metadata) info.metadata = { ...error.metadata }
    details.push(info)
  }
  if (error.violations.length > 0) {
    const fieldViolations = error.violations.map(({ field, description }) => ({ field, description }))
    details.push({ '@type': `${TYPE}BadRequest`, fieldViolations })
  }
  if (error.retryAfterMs !== undefined) {
    details.push({ '@type': `${TYPE}RetryInfo`, retryDelay: `${error.retryAfterMs / 1000}s` })
  }
  return details
}

/** What is understood of a peer's detail objects. */
export interface ErrorFacts {
  domain?: string
  reason?: string
  metadata?: Record<string, string>
  violations: FieldViolation[]
  retryAfterMs?: number
  /** The SDK's own code, where the peer is ours and said it. */
  code?: ErrorCode
}

const asText = (value: unknown) => (typeof value === 'string' ? value : '')

function strings(value: unknown): Record<string, string> | undefined {
  if (!isFields(value)) return undefined
  const entries = Object.entries(value).filter(([key, item]) => key !== '__proto__' && typeof item === 'string')
  return entries.length > 0 ? (Object.fromEntries(entries) as Record<string, string>) : undefined
}

const ownCode = (value: string | undefined) => (value !== undefined && isErrorCode(value) ? value : undefined)

/** Field violations as somebody else wrote them down. */
export function readViolations(list: readonly unknown[]): FieldViolation[] {
  return list
    .slice(0, MAX_VIOLATIONS)
    .filter(isFields)
    .map(({ field, description }) => ({ field: asText(field), description: asText(description) }))
}

/** Reads a peer's detail objects. Lenient: an error that is badly told is still an error. */
export function readErrorDetails(details: readonly JsonValue[]): ErrorFacts {
  const facts: ErrorFacts = { violations: [] }
  for (const detail of details) {
    if (!isFields(detail)) continue
    const type = asText(detail['@type'])
    if (
      type.endsWith('google.rpc.ErrorInfo') ||
      (typeof detail.reason === 'string' && typeof detail.domain === 'string')
    ) {
      if (typeof detail.reason === 'string') facts.reason = detail.reason
      if (typeof detail.domain === 'string') facts.domain = detail.domain
      const metadata = strings(detail.metadata)
      if (metadata) facts.metadata = metadata
      const code = ownCode(facts.domain === OWN_ERROR_DOMAIN ? facts.reason : metadata?.code)
      if (code) facts.code = code
    } else if (type.endsWith('google.rpc.BadRequest') && Array.isArray(detail.fieldViolations)) {
      facts.violations = readViolations(detail.fieldViolations)
    } else if (type.endsWith('google.rpc.RetryInfo') && typeof detail.retryDelay === 'string') {
      const seconds = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(detail.retryDelay)?.[1]
      if (seconds) facts.retryAfterMs = Math.ceil(Number(seconds) * 1000)
    }
  }
  return facts
}
