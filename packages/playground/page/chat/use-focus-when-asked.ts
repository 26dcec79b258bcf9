import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/**
 * What the agent asks is where the keyboard is once it is asked, and not on one of its buttons: who is writing would
 * approve something by Enter. Whoever is at work elsewhere in the page is left there.
 */
export function useFocusWhenAsked(): RefObject<HTMLFormElement | null> {
  const ref = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const { activeElement, body } = document
    if (activeElement === body || activeElement?.id === 'message') ref.current?.focus({ preventScroll: true })
  }, [])
  return ref
}
