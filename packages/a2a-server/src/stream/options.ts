/** How the A2A server streams. */
export interface StreamingOptions {
  /** A comment is sent after so many ms of silence, so that no proxy takes a stream for dead; 0 = never. Default 15,000. */
  heartbeatMs?: number
  /**
   * A reader that takes nothing for so many ms, while something waits for it, is told so and disconnected; it may
   * subscribe again. Default 30,000.
   */
  stallMs?: number
  /** Streams that may be open at once; more are refused with a time to come back. Default 20,000. */
  maxStreams?: number
}
