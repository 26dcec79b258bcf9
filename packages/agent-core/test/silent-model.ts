import type { LanguageModel } from '../src/port/language-model'

/** A model that stands in a definition and is never called. */
export const silentModel: LanguageModel = {
  provider: 'none',
  modelId: 'none',
  stream() {
    throw new Error('called')
  },
}
