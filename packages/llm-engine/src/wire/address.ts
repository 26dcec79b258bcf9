/** `Authorization: Bearer`. */
export function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` }
}

/** An address without a slash at its end. */
export function trimmed(url: string): string {
  return url.replace(/(?<!\/)\/+$/, '')
}
