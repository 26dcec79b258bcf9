/** Models that think on a budget, and know neither `adaptive` nor, but for one, `effort`: up to version 4.5. */
export const onBudget = /^claude-(3-7-sonnet|(opus|sonnet|haiku)-4(-[0-5])?)(-\d{8}|-latest)?$/

/** Models that always think, and can not be forced to call a tool. */
export const chooses = /^claude-((fable|mythos)-5-\d|(opus|sonnet)-5-5)\b/
