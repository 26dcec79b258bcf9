import { HttpAgent as Client100 } from '@ag-ui/client'
import { HttpAgent as Client057 } from '@ag-ui/client-0.0.57'
import { HttpAgent as Client059 } from '@ag-ui/client-0.0.59'

/** The real clients, with their verification on. */
export const clients = [
  { version: '1.0.0', HttpAgent: Client100 },
  { version: '0.0.59', HttpAgent: Client059 as unknown as typeof Client100 },
  { version: '0.0.57', HttpAgent: Client057 as unknown as typeof Client100 },
] as const
