import { TARGETS } from './targets.mjs'

/**
 * The one sentence about a feature on the wrong target. agent-core says it at run time (`unsupportedSentence`);
 * this copy writes it into built packages, and a test keeps the two equal.
 */
function unsupportedSentence({ feature, target, availableOn, reason, alternative }) {
  const why = reason ? `: ${reason}` : ''
  const instead = alternative ? ` Instead, ${alternative}.` : ''
  return `${feature} does not work on ${target} (only on ${availableOn.join(' and ')})${why}.${instead}`
}

/** What the manifest says about an entry that works on one target only; undefined for an entry that works on all. */
export function unsupportedEntry(manifest, key) {
  const availableOn = manifest.pf.targets[key]
  const target = TARGETS.find((name) => !availableOn.includes(name))
  if (!target) return undefined
  const words = manifest.pf.unavailable?.[key]
  if (!words?.reason || !words?.alternative) {
    throw new Error(
      `${manifest.name}: "${key}" does not work on ${target}, so package.json needs "pf": { "unavailable": { "${key}": { "reason": "it …", "alternative": "use …" } } }.`,
    )
  }
  const about = {
    feature: manifest.name + key.slice(1),
    target,
    availableOn,
    reason: words.reason,
    alternative: words.alternative,
  }
  return { ...about, sentence: unsupportedSentence(about) }
}
