import type {
  JsonObject,
  JsonValue,
  ModelCall,
  ModelFinish,
  ModelProfile,
  ModelStreamPart,
  ModelUsage,
  Random,
} from '@pf-agents/agent-core'
import { objectOf } from './json'

/** A request as a wire words it, without the key. */
export interface WireRequest {
  url: string
  headers: Readonly<Record<string, string>>
  body: JsonObject
  /** What of the call was left out or changed. */
  warnings: readonly string[]
}

/** Where a decoder puts what it made. The array is another one for every chunk. */
export interface PartSink {
  parts: ModelStreamPart[]
}

/** What a decoder is made with. */
export interface DecoderContext {
  sink: PartSink
  /** The model that is asked, as parts that belong to it name it. */
  modelId: string
  random: Random
  /** To be told of what is kept until the end of the answer, in characters. @throws PfError where that is too much */
  hold(length: number): void
  /** The same of all else that is gathered and goes back unchanged; parts themselves are counted where they come out. */
  keep(length: number): void
  /** The same of a file that comes in pieces. */
  holdFile(length: number): void
  /** The tool's own name, from the one it has on the wire. */
  toolName(wireName: string): string
}

/** An error inside a stream: the object that holds it. Thrown by decoders. */
export class StreamError {
  readonly body: JsonValue

  constructor(body: JsonValue) {
    this.body = body
  }
}

/** For a body that is no answer of a wire: `false`. @throws StreamError where it tells of an error */
export function noAnswer(body: JsonValue): false {
  if (objectOf(body)['error']) throw new StreamError(body)
  return false
}

/** Turns the events of one answer into parts. Holds what is open; skips what it does not know. */
export interface WireDecoder {
  readonly responseId: string | undefined
  readonly modelId: string | undefined
  /** The provider's own mark of the end came: nothing more is expected. */
  readonly done: boolean
  /** The mark of the end came, and the answer is whole; the usage may follow, and is waited for a while. */
  readonly ended?: boolean
  /** @param name - the SSE event name. @throws StreamError where the event is an error */
  event(value: JsonObject, name: string | undefined): void
  /**
   * The server did not stream: the answer as one body.
   * @returns whether it is one of this wire. @throws StreamError where the body is an error
   */
  body(value: JsonValue): boolean
  /**
   * The answer is over. Closes what is open.
   * @returns how it ended, or `undefined` where no mark of the end ever came
   */
  end(): { finish: ModelFinish; usage: ModelUsage } | undefined
}

/** How to talk to one kind of provider. */
export interface Wire {
  readonly provider: string
  readonly modelId: string
  /** Whose the parts are that go back unchanged, where that is not the model alone but the model at one place. */
  readonly owner?: string
  readonly profile: ModelProfile
  /** Name of the response header with the id of the request. */
  readonly requestIdHeader: string
  /**
   * Files that may stand in a prompt: their plain media type (see `plainFile`), a space, and the address where they have
   * one; and whether a model made them.
   */
  readonly takes: { test(file: string, isMade: boolean): boolean } | undefined
  /**
   * Of what other models made, the media types that it is given where its profile does not say what it takes. What it
   * is not able to see would fail every later request.
   */
  readonly takesMade: readonly string[]
  /** Field of what it wants back with a file, if it has a form for files of its own. */
  readonly ownFile?: string
  request(call: ModelCall): WireRequest
  /** Headers that carry the key. */
  authorization(key: string): Readonly<Record<string, string>>
  decoder(context: DecoderContext): WireDecoder
  /** The name that a tool has on this wire. */
  toolName(name: string): string
}
