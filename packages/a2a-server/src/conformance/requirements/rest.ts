import type { Requirement } from '../requirement'

/** The HTTP+JSON binding (§11). */
export const restRequirements = {
  'HTTP_JSON-URL-001': {
    level: 'must',
    section: '11.3',
    group: 'rest',
    summary: 'Each operation has the path the specification gives it.',
  },
  'HTTP_JSON-URL-002': {
    level: 'must',
    section: '11.3',
    group: 'rest',
    summary: 'Each operation has the HTTP method the specification gives it.',
  },
  'HTTP_JSON-SVC-001': {
    level: 'must',
    section: '11.1',
    group: 'rest',
    summary:
      'Bodies go out as application/a2a+json and come in as that or as application/json (1.0.1; the kit wants application/json).',
  },
  'HTTP_JSON-SVC-002': {
    level: 'must',
    section: '11.2',
    group: 'rest',
    summary: 'Version and extensions travel as HTTP headers.',
  },
  'HTTP_JSON-QP-001': {
    level: 'must',
    section: '11.5',
    group: 'rest',
    summary: 'Query parameters are named in camelCase.',
  },
  'HTTP_JSON-ERR-001': {
    level: 'must',
    section: '11.6',
    group: 'rest',
    summary: 'An error is a google.rpc.Status in `error`, its code the HTTP status (1.0.1: as application/a2a+json).',
  },
  'HTTP_JSON-ERR-002': {
    level: 'must',
    section: '11.6',
    group: 'rest',
    summary: "The errors of A2A carry an ErrorInfo with their reason and A2A's domain.",
  },
  'HTTP_JSON-STATUS-001': {
    level: 'must',
    section: '5.4',
    group: 'rest',
    summary: 'Each error of A2A has the HTTP status that the table of 1.0.1 gives it (the kit wants some of 1.0.0).',
  },
  'HTTP_JSON-SSE-001': {
    level: 'must',
    section: '11.7',
    group: 'rest',
    summary: 'Streams are server-sent events, each a StreamResponse.',
  },
} as const satisfies Record<string, Requirement>
