import type { OutgoingCall } from '../options'

/** One HTTP request of the client. */
export interface WireRequest {
  url: string
  method: string
  /** Headers of the protocol. */
  headers: Record<string, string>
  body?: string | undefined
  operation: OutgoingCall['operation']
}

/** Its response, read to the end. */
export interface WireResponse {
  status: number
  headers: { get(name: string): string | null }
  bytes: Uint8Array
}
