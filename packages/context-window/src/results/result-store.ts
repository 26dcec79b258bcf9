import { type JsonValue, type KeyValue, keyValuePort, type RunContext } from '@pf-agents/agent-core'

/** Bounds of what is put aside in one conversation. */
export interface ResultStoreLimits {
  /** Results kept; the oldest goes first. Default 200. */
  maxResults?: number
  /** Characters of all of them; the oldest goes first. Default 4,194,304. */
  maxLength?: number
}

interface Entry {
  id: string
  length: number
}

/** Long results of one conversation, kept aside: nobody else's conversation can read them. */
export interface ResultStore {
  /** Keeps a text. False where there is no room for it. */
  put(id: string, text: string): Promise<boolean>
  get(id: string): Promise<string | undefined>
}

const tries = 20

/** The results put aside in the conversation of a run; `undefined` where no key-value store is bound. */
export function resultStore(context: RunContext, limits: ResultStoreLimits = {}): ResultStore | undefined {
  const store = context.services.find(keyValuePort)
  if (store === undefined) return undefined
  const { maxResults = 200, maxLength = 4 * 1024 * 1024 } = limits
  const scope = ['pf.context-window', context.tenant, context.principal.id, context.contextId]
  const prefix = scope.map(encodeURIComponent).join('/')
  const keyOf = (id: string): string => `${prefix}/results/${encodeURIComponent(id)}`

  /** Puts an entry on the list, and gives those that have to go for it. */
  async function admit(entry: Entry): Promise<Entry[]> {
    const list = `${prefix}/results`
    for (let attempt = 0; attempt < tries; attempt++) {
      const found = await store?.get(list)
      const entries = ((found?.value ?? []) as unknown as Entry[]).filter(({ id }) => id !== entry.id)
      let length = entry.length + entries.reduce((sum, one) => sum + one.length, 0)
      let gone = 0
      while (entries.length - gone >= maxResults || (gone < entries.length && length > maxLength)) {
        length -= (entries[gone] as Entry).length
        gone++
      }
      const next = [...entries.slice(gone), entry] as unknown as JsonValue
      if (await (store as KeyValue).compareAndSet(list, found?.revision, next)) return entries.slice(0, gone)
    }
    throw new Error('The list of results kept changing.')
  }

  return {
    async put(id, text) {
      if (text.length > maxLength) return false
      // First the text, then the list: an entry without a text is told to the model as gone.
      await store.set(keyOf(id), text)
      for (const old of await admit({ id, length: text.length })) await store.delete(keyOf(old.id))
      return true
    },
    async get(id) {
      const found = await store.get(keyOf(id))
      return typeof found?.value === 'string' ? found.value : undefined
    },
  }
}
