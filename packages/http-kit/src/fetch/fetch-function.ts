/** The part of `fetch` this SDK uses; the global one, a guarded one, or an app's own `fetch` fit. */
export type FetchFunction = (input: string, init?: RequestInit) => Promise<Response>
