/** How much one caller may. */
export interface AllowanceRules {
  /** Requests that may come at once after a pause. */
  readonly burst: number
  /** Requests per millisecond in the long run. */
  readonly perMs: number
  /** Requests that may be under way at once. */
  readonly concurrent: number
  /** Callers that are remembered. */
  readonly callers: number
}

interface Account {
  tokens: number
  at: number
  active: number
}

/** What a request was told: it may go on, and calls `done` at its end; or it is to wait. */
export type Admission = { done: () => void; waitMs?: undefined } | { waitMs: number; done?: undefined }

/** How long to wait where another request of the same caller has to end first: nobody knows how long that takes. */
const busyWaitMs = 1_000

/** Who has what left: a token bucket per caller, of a bounded number of callers. */
export class Allowances {
  readonly #rules: AllowanceRules
  readonly #accounts = new Map<string, Account>()

  constructor(rules: AllowanceRules) {
    this.#rules = rules
  }

  /** Callers that are remembered now. */
  get size(): number {
    return this.#accounts.size
  }

  admit(key: string, now: number): Admission {
    const { burst, perMs, concurrent } = this.#rules
    const account = this.#account(key, now)
    account.tokens = Math.min(burst, account.tokens + Math.max(0, now - account.at) * perMs)
    account.at = now
    if (account.active >= concurrent) return { waitMs: busyWaitMs }
    // Fractions add up with an error: whoever waited as long as it was told must find its token.
    if (account.tokens < 1 - 1e-6) return { waitMs: Math.ceil((1 - account.tokens) / perMs) }
    account.tokens -= 1
    account.active += 1
    let over = false
    const done = () => {
      if (!over) account.active -= 1
      over = true
    }
    return { done }
  }

  #account(key: string, now: number): Account {
    const known = this.#accounts.get(key)
    if (known !== undefined) {
      this.#accounts.delete(key)
      this.#accounts.set(key, known)
      return known
    }
    if (this.#accounts.size >= this.#rules.callers) this.#forgetOne()
    const account = { tokens: this.#rules.burst, at: now, active: 0 }
    this.#accounts.set(key, account)
    return account
  }

  /** Forgets who has been silent for longest, but nobody who has a request under way. */
  #forgetOne(): void {
    for (const [key, { active }] of this.#accounts) {
      if (active > 0) continue
      this.#accounts.delete(key)
      return
    }
  }
}
