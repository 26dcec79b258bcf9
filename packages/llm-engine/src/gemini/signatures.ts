/** Models that refuse calls without a signature: from Gemini 3 on, and the names that are always the newest. */
export const wantsSignatures = /^(models\/|google\/)?gemini-(?![12]\.)/

/** Stands for the signature of a call that Gemini did not make, or not that model of it. */
export const unsigned = 'skip_thought_signature_validator'
