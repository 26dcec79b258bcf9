/** What happens to a run whose client has gone. */
export type OnDisconnect = 'cancel' | 'detach'

/** Options of {@link aguiStream}. */
export interface AguiStreamOptions {
  /** Path of the run endpoint. Default `/agui`. */
  path?: string
  /**
   * What happens to a run whose last reader has gone: `cancel` ends it after `graceMs`, unless somebody re-joins it until
   * then; `detach` leaves it running. Default `cancel`.
   */
  onDisconnect?: OnDisconnect
  /** Milliseconds a run without a reader goes on before it is canceled. Default 5,000. */
  graceMs?: number
  /** A comment is sent after so many ms of silence; 0 = never. Default 15,000. */
  heartbeatMs?: number
  /** A reader that takes nothing for so many ms, while something waits for it, is disconnected. Default 30,000. */
  stallMs?: number
  /** Streams that may be open at once; more are refused with a time to come back. Default 20,000. */
  maxStreams?: number
  /** Characters one event may have on the wire: clients refuse more than 10 Mi. Default 8,388,608. */
  frameLength?: number
  /**
   * What is done with an event that breaks a rule of the protocol: `repair` puts it right or leaves it out, and logs a
   * warning; `strict` ends the run with an error, for tests. Default `repair`.
   */
  guard?: 'repair' | 'strict'
  /** Whether clients are told what a model thinks. Default true. */
  reasoning?: boolean
  /**
   * Whether clients that declare no protocol version are told of subagents: 0.0.59 knows them, 0.0.57 ends the run over
   * them. Default false.
   */
  subagentsForOldClients?: boolean
  /**
   * Whether front ends are served that know of questions only as LangGraph's integration tells them: clients that declare
   * no protocol version are sent a `CUSTOM` event `on_interrupt` per question and a run that succeeded, and
   * `forwardedProps.command.resume` is an answer (from any client; `resume` counts where there are both). Default false.
   */
  legacyInterrupts?: boolean
  /**
   * Origins whose pages may call: each such as `https://app.example.com`, or `'*'` for all. Credentials are not allowed by
   * it; send a token in the Authorization header. Default none.
   */
  cors?: '*' | readonly string[]
}
