import type { Requirement } from '../requirement'

/** The JSON-RPC binding (§9). */
export const jsonRpcRequirements = {
  'JSONRPC-FMT-001': {
    level: 'must',
    section: '9.1',
    group: 'json-rpc',
    summary: 'Requests and answers are JSON-RPC 2.0.',
  },
  'JSONRPC-FMT-002': {
    level: 'must',
    section: '9.1',
    group: 'json-rpc',
    summary: 'Bodies are application/json in both directions.',
  },
  'JSONRPC-SVC-001': {
    level: 'must',
    section: '9.1',
    group: 'json-rpc',
    summary: 'Methods are called as in gRPC, in PascalCase.',
  },
  'JSONRPC-SVC-002': {
    level: 'must',
    section: '9.2',
    group: 'json-rpc',
    summary: 'Version and extensions travel as HTTP headers.',
  },
  'JSONRPC-ERR-001': {
    level: 'must',
    section: '9.5',
    group: 'json-rpc',
    summary: 'An error is a JSON-RPC error object; its data, where there is any, is a list of typed objects.',
  },
  'JSONRPC-ERR-002': {
    level: 'must',
    section: '9.5',
    group: 'json-rpc',
    summary: 'The errors of A2A have codes from -32001 down to -32099.',
  },
  'JSONRPC-ERR-003': {
    level: 'must',
    section: '9.5',
    group: 'json-rpc',
    summary: "The errors of A2A carry an ErrorInfo with their reason and A2A's domain.",
  },
  'JSONRPC-SSE-001': {
    level: 'must',
    section: '9.4.2',
    group: 'json-rpc',
    summary: 'Streams are server-sent events, each a JSON-RPC response that holds a StreamResponse.',
  },
  'JSONRPC-SSE-002': {
    level: 'must',
    section: '5.4',
    group: 'json-rpc',
    summary: 'Each error of A2A has the JSON-RPC code that the table gives it.',
  },
} as const satisfies Record<string, Requirement>
