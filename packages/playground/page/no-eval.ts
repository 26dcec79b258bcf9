// Imported before all else: the schemas that come with the client of AG-UI then do not try whether they may compile code,
// which this page's policy forbids, and browsers write down.
import { config } from 'zod/v4'

config({ jitless: true })
