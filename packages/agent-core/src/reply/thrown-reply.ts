import type { Reply } from './reply'

const mark = Symbol.for('pf-agents.thrown-reply')

/**
 * A reply from deep inside: thrown, it ends the handler the way the reply says. What calls a model loop on behalf of a
 * handler suspends it with this; let it pass.
 *
 * @example
 * ```ts
 * throw new ThrownReply(reply.inputRequired({ prompt: 'Which city?', slot: 'city' }))
 * ```
 */
export class ThrownReply extends Error {
  readonly reply: Reply
  /**
   * Where more was begun than has ended: waits until it has, and gives the reply that holds then. Whoever ends a run, or a
   * tool call, with a thrown reply asks this first.
   */
  readonly whole: (() => Promise<Reply>) | undefined

  constructor(reply: Reply, whole?: () => Promise<Reply>) {
    super('The handler ended with a reply from inside. Do not catch this.')
    this.name = 'ThrownReply'
    this.reply = reply
    this.whole = whole
    Object.defineProperty(this, mark, { value: true })
  }

  /** Whether a value is one, of any installed copy. */
  static is(value: unknown): value is ThrownReply {
    return typeof value === 'object' && value !== null && mark in value
  }
}
