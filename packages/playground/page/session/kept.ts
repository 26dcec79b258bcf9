import { effect, type Signal, signal } from '@preact/signals'

/** A signal whose value outlives a reload: in this tab (`session`), or in this browser (`local`). */
export function kept<T>(name: string, initial: T, where: 'session' | 'local'): Signal<T> {
  const storage = where === 'session' ? window.sessionStorage : window.localStorage
  const key = `pf-playground.${name}`
  const value = signal(read(storage, key, initial))
  effect(() => {
    const text = JSON.stringify(value.value)
    try {
      storage.setItem(key, text)
    } catch {
      // No room, or forbidden: it then lasts until the reload.
    }
  })
  return value
}

function read<T>(storage: Storage, key: string, initial: T): T {
  try {
    const text = storage.getItem(key)
    return text === null ? initial : (JSON.parse(text) as T)
  } catch {
    return initial
  }
}
