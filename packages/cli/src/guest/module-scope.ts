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
  // The engine has them on the object itself, and again on its prototype.
  [globalThis.performance, 'now', 'performance.now()'],
  [prototypeOf(globalThis.performance), 'now', 'performance.now()'],
]

const held: Held[] = []

/** Puts the stand-ins in place. Called before the user's modules. */
export function holdModuleScope(): void {
  for (const [owner, name, what] of subjects()) hold(owner, name, { value: refusal(what, 'Call') })
  for (const owner of [globalThis.performance, prototypeOf(globalThis.performance)])
    hold(owner, 'timeOrigin', { get: refusal('performance.timeOrigin', 'Read') })
  // Libraries look for it to learn where they are (@cfworker/json-schema does); its members throw outside of a request.
  hold(globalThis, 'location', { value: undefined })
}

/** Takes them away again. Called behind the user's modules. */
export function releaseModuleScope(): void {
  for (const { owner, name, original } of held.splice(0)) Object.defineProperty(owner, name, original)
}

function refusal(what: string, verb: string): () => never {
  return () => {
    throw new Error(
      `${what} can not be used at module scope, which is evaluated once, at build time. ${verb} it in a handler.`,
    )
  }
}

function hold(owner: object | undefined, name: string, standIn: PropertyDescriptor): void {
  const original = owner && Object.getOwnPropertyDescriptor(owner, name)
  if (!owner || !original?.configurable) return
  held.push({ owner, name, original })
  Object.defineProperty(owner, name, { configurable: true, ...standIn })
}

function prototypeOf(object: object | undefined): object | undefined {
  return object && (Object.getPrototypeOf(object) as object)
}
