/**
 * Runs inside components, while their modules are evaluated at build time. What can not be used there traps the engine
 * without a word on where it happened; these stand-ins throw at the user's line instead.
 */

interface Held {
  owner: object
  name: string
  original: PropertyDescriptor
}

type Subject = readonly [owner: object | undefined, name: string, what: string]

/** Looked up when they are needed: nothing of this may be touched where the module is only imported. */
const subjects = (): readonly Subject[] => [
  [Math, 'random', 'Math.random()'],
  [prototypeOf(globalThis.crypto), 'getRandomValues', 'crypto.getRandomValues()'],
  [prototypeOf(globalThis.crypto), 'randomUUID', 'crypto.randomUUID()'],
  [prototypeOf(globalThis.performance), 'now', 'performance.now()'],
]

const held: Held[] = []

/** Puts the stand-ins in place. Called before the user's modules. */
export function holdModuleScope(): void {
  for (const [owner, name, what] of subjects()) {
    hold(owner, name, () => {
      throw new Error(
        `${what} can not be used at module scope, which is evaluated once, at build time. Call it in a handler.`,
      )
    })
  }
  // Libraries look for it to learn where they are (@cfworker/json-schema does); its members throw outside of a request.
  hold(globalThis, 'location', undefined)
}

/** Takes them away again. Called behind the user's modules. */
export function releaseModuleScope(): void {
  for (const { owner, name, original } of held.splice(0)) Object.defineProperty(owner, name, original)
}

function hold(owner: object | undefined, name: string, value: unknown): void {
  const original = owner && Object.getOwnPropertyDescriptor(owner, name)
  if (!owner || !original?.configurable) return
  held.push({ owner, name, original })
  Object.defineProperty(owner, name, { configurable: true, value })
}

function prototypeOf(object: object | undefined): object | undefined {
  return object && (Object.getPrototypeOf(object) as object)
}
