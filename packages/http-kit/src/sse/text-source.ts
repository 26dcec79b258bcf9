/** Where the text of a body goes on a host that takes it straight, without a stream between. */
export interface TextSink {
  /** Takes text. False: it has enough for now, and calls {@link TextSource.drained} once it has room again. */
  write(text: string): boolean
  /**
   * How much the reader has taken so far, by any measure that only grows, while something waits for it; `undefined` while
   * nothing does. Without it, whoever has not taken everything counts as one who takes nothing.
   */
  taken?(): number | undefined
  /** Nothing more comes. What was written is still delivered. */
  end(): void
  /** Cuts the connection at once. */
  destroy(): void
}

/** A body that a host can take straight: a `ReadableStream` costs more memory than all the rest of an idle stream. */
export interface TextSource {
  /** Gives the text to a sink from now on, what waits first. The stream that stood for the body is of no more use. */
  attach(sink: TextSink): void
  /** The sink has room again. */
  drained(): void
  /** The connection is gone. Also called after `end` once all was delivered. */
  gone(): void
}

/** `Symbol.for`, so that two installed copies of this package agree. */
const marker: unique symbol = Symbol.for('pf-agents.text-source') as never

/** Marks a response or its body as one that a host can take straight. */
export function markTextSource<T extends object>(carrier: T, source: TextSource): T {
  return Object.defineProperty(carrier, marker, { value: source })
}

/** The source behind a body, or behind a response as its route made it; `undefined` where there is none. */
export function textSourceOf(carrier: object | null | undefined): TextSource | undefined {
  return (carrier as { [marker]?: TextSource } | null | undefined)?.[marker]
}
