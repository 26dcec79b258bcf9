/** How the A2A server streams. */
export interface StreamingOptions {
  /** A comment is sent after so many ms of silence, so that no proxy takes a stream for dead; 0 = never. Default 15,000. */
  heartbeatMs?: number
  /**
   * A reader that takes nothing for so many ms, while something waits for it, is given up. The error that says so waits
   * behind what its connection holds: who takes all of that within another `stallMs` gets whole events and then the error; who
   * does not is cut off, perhaps inside an event, and told nothing. Either may subscribe again. Streams are looked at eight
   * times within that time (or `heartbeatMs`, where it is shorter): a reader that never reads is gone after 2 to 2¼ times
   * `stallMs`. Default 30,000.
   */
  stallMs?: number
  /** Streams that may be open at once; more are refused with a time to come back. Default 20,000. */
  maxStreams?: number
}
