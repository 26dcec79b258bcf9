/** What the page has to know before anything else. */
export interface PlaygroundConfig {
  name: string
  description: string
  version: string
  skills: { id: string; name: string; description: string; examples: readonly string[] }[]
  /** Where AG-UI is, relative to the page. */
  agui: string
  /** The root of the app, below which the agent card is, relative to the page. */
  root: string
}
