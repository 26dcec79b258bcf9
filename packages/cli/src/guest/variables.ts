/** Runs inside components: variables of the host by the names an agent uses. */

/**
 * Makes the `getVariable` of a world. Spin knows `lower_snake` names only and has none for any other, so the name is
 * tried in that form first.
 */
export function variableReader(get: (key: string) => string | undefined): (name: string) => string | undefined {
  return (name) => {
    const canonical = canonicalName(name)
    return get(canonical) ?? (canonical === name ? undefined : get(name)) ?? undefined
  }
}

/** `OPENAI_API_KEY` and `openai-api-key` are `openai_api_key`. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_]/g, '_')
}
