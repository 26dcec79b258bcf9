import { grpcNotServed, type Requirement } from '../requirement'

/** The gRPC binding (§10). */
export const grpcRequirements = {
  'GRPC-SVC-001': {
    level: 'must',
    section: '10.1',
    group: 'grpc',
    summary: 'The service is the A2AService of the proto.',
    deferred: grpcNotServed,
  },
  'GRPC-SVC-002': {
    level: 'must',
    section: '10.1',
    group: 'grpc',
    summary: 'Messages are in the encoding of proto3.',
    deferred: grpcNotServed,
  },
  'GRPC-SVC-003': {
    level: 'must',
    section: '10.1',
    group: 'grpc',
    summary: 'gRPC goes over HTTP/2 with TLS.',
    unexercised: true,
    deferred: grpcNotServed,
  },
  'GRPC-META-001': {
    level: 'must',
    section: '10.2',
    group: 'grpc',
    summary: 'Version and extensions travel as metadata.',
    deferred: grpcNotServed,
  },
  'GRPC-ERR-001': {
    level: 'must',
    section: '10.6',
    group: 'grpc',
    summary: 'The errors of A2A carry an ErrorInfo in the details of their status.',
    deferred: grpcNotServed,
  },
  'GRPC-ERR-002': {
    level: 'must',
    section: '5.4',
    group: 'grpc',
    summary: 'Each error of A2A has the gRPC status that the table gives it.',
    deferred: grpcNotServed,
  },
  'GRPC-ERR-003': {
    level: 'must',
    section: '10.7',
    group: 'grpc',
    summary: 'Streams are server-streaming calls.',
    deferred: grpcNotServed,
  },
} as const satisfies Record<string, Requirement>
