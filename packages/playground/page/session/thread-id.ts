import { signal } from '@preact/signals'

const prefix = '#thread='

/** Conversations that begin here: the server can not know them yet. */
const begun = new Set<string>()

function newThreadId(): string {
  const id = crypto.randomUUID()
  begun.add(id)
  return id
}

/** Whether the server may know of a conversation. */
export const mayBeKnown = (id: string): boolean => !begun.has(id)

/** The conversation that the address names, so that a reload comes back to it; a new one where it names none. */
function fromAddress(): string {
  const { hash } = window.location
  if (!hash.startsWith(prefix)) return newThreadId()
  try {
    return decodeURIComponent(hash.slice(prefix.length)) || newThreadId()
  } catch {
    return newThreadId()
  }
}

const address = (id: string): string => prefix + encodeURIComponent(id)

/** The conversation in front. */
export const threadId = signal(fromAddress())
window.history.replaceState(null, '', address(threadId.value))
window.addEventListener('hashchange', () => {
  threadId.value = fromAddress()
})

/** Goes to a conversation, or to a new one. */
export function openThread(id = newThreadId()): void {
  if (id === threadId.value) return
  window.history.pushState(null, '', address(id))
  threadId.value = id
}
window.addEventListener('popstate', () => {
  threadId.value = fromAddress()
})
