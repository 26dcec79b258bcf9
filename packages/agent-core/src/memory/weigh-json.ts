/** About how many bytes the JSON text of a value has: its characters, without looking into its texts. */
export function weighJson(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2
    case 'object': {
      if (value === null) return 4
      let bytes = 2
      if (Array.isArray(value)) for (const item of value) bytes += weighJson(item) + 1
      else
        for (const key in value) {
          const one = (value as Record<string, unknown>)[key]
          if (one !== undefined) bytes += key.length + 4 + weighJson(one)
        }
      return bytes
    }
    default:
      return 6
  }
}
