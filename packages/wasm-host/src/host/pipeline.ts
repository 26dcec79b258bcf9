import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests of one connection that may be under way at once: their answers leave one after the other anyway. */
const UNDER_WAY = 8
/** Requests of one connection that may wait behind these; more are refused. */
const WAITING = 64

interface Line {
  underWay: number
  readonly waiting: (() => void)[]
}

/** Keeps what one connection sends without waiting for answers (pipelining) from taking all instances. */
export class Pipeline {
  readonly #lines = new WeakMap<Socket, Line>()

  /** Calls `start` when it is the request's turn, or `refuse` where too many of its connection wait already. */
  enter({ socket }: IncomingMessage, response: ServerResponse, start: () => void, refuse: () => void): void {
    let line = this.#lines.get(socket)
    if (line === undefined) this.#lines.set(socket, (line = { underWay: 0, waiting: [] }))
    const { waiting } = line
    if (line.underWay >= UNDER_WAY) {
      if (waiting.length >= WAITING) return refuse()
      waiting.push(() => this.#begin(line, response, start))
    } else this.#begin(line, response, start)
  }

  #begin(line: Line, response: ServerResponse, start: () => void): void {
    line.underWay++
    response.once('close', () => {
      line.underWay--
      line.waiting.shift()?.()
    })
    start()
  }
}
