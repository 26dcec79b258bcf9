import type { AgentExtension, WireStreamResponse } from '@pf-agents/a2a-protocol'
import { type Message, PfError } from '@pf-agents/agent-core'
import type { A2AExtension, ExtensionCall, ResumePoint } from './extension'

/** What the extensions that a request turned on do with it. */
export interface Activated {
  /** Changes a message that comes in. */
  incoming(message: Message): Promise<Message>
  /** Changes what goes out; `undefined` where no extension does. */
  readonly outgoing: ((event: WireStreamResponse) => WireStreamResponse) | undefined
  /** Where a subscription goes on. */
  readonly resume: ResumePoint | undefined
}

/** The extensions that have code, by URI. */
export class Extensions {
  readonly #byUri: ReadonlyMap<string, A2AExtension>

  /** @throws PfError PF_CONFIG_INVALID where a URI is none, or is there twice */
  constructor(extensions: readonly A2AExtension[]) {
    const byUri = new Map<string, A2AExtension>()
    for (const one of extensions) {
      // It goes into a header, where a comma parts it from the next.
      if (!/^[A-Za-z][A-Za-z0-9+.-]*:[!-+\--~]+$/.test(one.uri))
        throw new PfError('PF_CONFIG_INVALID', `a2aServer: ${JSON.stringify(one.uri)} is no URI of an extension.`)
      if (byUri.has(one.uri))
        throw new PfError('PF_CONFIG_INVALID', `a2aServer: the extension ${one.uri} is there twice.`)
      byUri.set(one.uri, one)
    }
    this.#byUri = byUri
  }

  /** What the card says of them. */
  get declared(): AgentExtension[] {
    return [...this.#byUri.values()].map(({ uri, description, required, params }) => ({
      uri,
      ...(description !== undefined && { description }),
      ...(required === true && { required }),
      ...(params && { params }),
    }))
  }

  /**
   * Begins those of the extensions that have code; `undefined` where none has.
   * @throws what an extension refuses the request with
   */
  async activate(uris: readonly string[], call: ExtensionCall): Promise<Activated | undefined> {
    const active: { extension: A2AExtension; state: unknown }[] = []
    for (const uri of uris) {
      const extension = this.#byUri.get(uri)
      if (extension !== undefined) active.push({ extension, state: await extension.begin?.(call) })
    }
    return active.length === 0 ? undefined : new ActiveExtensions(active)
  }
}

class ActiveExtensions implements Activated {
  readonly outgoing: Activated['outgoing']
  readonly resume: ResumePoint | undefined
  readonly #active: readonly { extension: A2AExtension; state: unknown }[]

  constructor(active: readonly { extension: A2AExtension; state: unknown }[]) {
    this.#active = active
    for (const { extension, state } of active) this.resume ??= extension.resume?.(state)
    const changing = active.filter(({ extension }) => extension.outgoing !== undefined)
    if (changing.length > 0)
      this.outgoing = (event) => {
        let out = event
        for (const { extension, state } of changing) out = extension.outgoing?.(out, state) ?? out
        return out
      }
  }

  async incoming(message: Message): Promise<Message> {
    let given = message
    for (const { extension, state } of this.#active) given = (await extension.incoming?.(given, state)) ?? given
    return given
  }
}
