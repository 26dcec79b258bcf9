// For test files that share a process: a server of one of them replaces the platform's Request and Response (Hono does, for
// speed), and the next file would test with those. Each file gets what Node has, and is followed by it.
import { afterAll } from 'vitest'

const own = ['Request', 'Response'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)])

afterAll(() => {
  for (const [name, descriptor] of own) Object.defineProperty(globalThis, name, descriptor)
})
