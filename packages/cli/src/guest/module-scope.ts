/**
 * Runs inside components, while their modules are evaluated at build time. What can not be drawn there traps the engine
 * without a word on where; these stand-ins throw at the user's line instead.
 */

interface Held {
  owner: object
  name: string
  original: PropertyDescriptor
}

const subjects: readonly (readonly [owner: object | undefined, name: string, what: string])[] = [
  [Math, 'random', 'Math.random()'],
  [globalThis.crypto && Object.getPrototypeOf(globalThis.crypto), 'getRandomValues', 'crypto.getRandomValues()'],
  [globalThis.crypto && Object.getPrototypeOf(globalThis.crypto), 'randomUUID', 'crypto.randomUUID()'],
  [globalThis.performance && Object.getPrototypeOf(globalThis.performance), 'now', 'performance.now()'],
]

const held: Held[] = []

/** Puts the stand-ins in place. Called before the user's modules. */
export function holdModuleScope(): void {
  for (const [owner, name, what] of subjects) {
    const original = owner && Object.getOwnPropertyDescriptor(owner, name)
    if (!owner || !original?.configurable) continue
    held.push({ owner, name, original })
    Object.defineProperty(owner, name, {
      configurable: true,
      value: () => {
        throw new Error(`${what} can not be used at module scope, which is evaluated once, at build time. Call it in a handler.`)
      },
    })
  }
}

/** Takes them away again. Called behind the user's modules. */
export function releaseModuleScope(): void {
  for (const { owner, name, original } of held.splice(0)) Object.defineProperty(owner, name, original)
}
