import type { ModelHost, ModelProfile, ModelTimeouts } from '@pf-agents/agent-core'
import type { Backoff } from '@pf-agents/http-kit'
import type { ApiKey } from './api-key'

/** What every client takes. */
export interface ModelOptions {
  /** The provider's name of the model. */
  model: string
  /** Default: none is sent. Write `secret('NAME')` for a key that the host keeps. */
  apiKey?: ApiKey
  /** Address of the interface, without the path of the call. Default: the provider's own. */
  baseUrl?: string
  /** More headers of every request. */
  headers?: Readonly<Record<string, string>>
  /** What the model is and can; goes over what the client knows of it. */
  profile?: ModelProfile
  timeouts?: ModelTimeouts
  /** Attempts in all while nothing of the answer has come. Default 3; 1 = never again. */
  attempts?: number
  /** How waits between attempts grow. Default from 500 ms to 8 s, full jitter. */
  backoff?: Partial<Backoff>
  /** Longest wait that a server may ask for, ms; where it asks for more, the call fails at once. Default 60,000. */
  maxRetryAfterMs?: number
  /**
   * Longest event of an answer, in characters, and longest sound in pieces; what goes back unchanged has twice that, in
   * all. Default 8,388,608: pictures may be inlined.
   */
  maxEventLength?: number
  /** Most characters that the arguments of the calls of one answer have together. Default 4,194,304. */
  maxArgumentsLength?: number
  /** Used where a call names no host of its own. */
  host?: ModelHost
}

/** The same with what each client alone takes, of whatever type. */
export interface ClientOptions extends ModelOptions {
  providerOptions?: object
}

/** Limits where nothing else is said, ms. */
export const defaultTimeouts = { headersMs: 30_000, firstOutputMs: 120_000, idleMs: 60_000 } as const

/** Models that think first are silent for longer. */
export const reasoningFirstOutputMs = 300_000

/** Waits between attempts where nothing else is said, ms. */
export const defaultBackoff: Readonly<Backoff> = { baseMs: 500, maxMs: 8_000 }
