/** How far from its end a conversation may be for it to follow what is said, in pixels. */
const nearEnd = 120

/**
 * Keeps the end of what scrolls in view while it grows, by whatever: new words, or a field that takes its full height only
 * once it is drawn. What `asked` selects is seen from its beginning, however long. Whoever went back to read is left
 * there. Gives what ends it.
 */
export function keepEndInView(scroller: HTMLElement, asked: string): () => void {
  let follows = true
  let top = scroller.scrollTop
  const note = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = scroller
    // What grew meanwhile has taken nobody away from the end: only who went up did go.
    if (scrollHeight - scrollTop - clientHeight < nearEnd) follows = true
    else if (scrollTop < top) follows = false
    top = scrollTop
  }
  const settle = (): void => {
    if (!follows) return
    const question = scroller.querySelector(asked)
    const beginning = question
      ? scroller.scrollTop + question.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 16
      : Number.POSITIVE_INFINITY
    scroller.scrollTop = top = Math.min(beginning, scroller.scrollHeight - scroller.clientHeight)
  }
  // The place for it changes, too: the keyboard of a phone takes half of it.
  const sizes = new ResizeObserver(settle)
  for (const one of [scroller, ...scroller.children]) sizes.observe(one)
  scroller.addEventListener('scroll', note, { passive: true })
  return () => {
    sizes.disconnect()
    scroller.removeEventListener('scroll', note)
  }
}

/** Enter sends, Shift+Enter begins a line; Enter that ends a word of an input method is neither. */
export function sendsByEnter(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return false
  event.preventDefault()
  return true
}

/** Whether the keyboard is nowhere, and would not be brought up by going somewhere with it. */
export function isKeyboardFree(): boolean {
  const { activeElement, body } = document
  return (activeElement === null || activeElement === body) && matchMedia('(pointer: fine)').matches
}

/** Whether the keyboard is at work somewhere outside of the places that this selects. */
export function isAtWorkOutside(places: string): boolean {
  const { activeElement, body } = document
  return activeElement !== null && activeElement !== body && activeElement.closest(places) === null
}
