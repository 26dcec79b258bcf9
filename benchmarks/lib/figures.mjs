/** The middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * One figure, ours beside a peer's. `better` says which way is better; `ratio` is always above 1 where ours is better.
 * `target` is the ratio to reach; where there is no peer it is the value itself that must be reached.
 */
export function figure({ bench, name, unit, ours, peer, peerName, better, target, note }) {
  const ourMedian = median(ours)
  const peerMedian = peer && median(peer)
  const ratio = peerMedian === undefined ? null : better === 'more' ? ourMedian / peerMedian : peerMedian / ourMedian
  const reached =
    target === undefined
      ? null
      : peerMedian === undefined
        ? better === 'more'
          ? ourMedian >= target
          : ourMedian <= target
        : ratio >= target
  return {
    bench,
    case: name,
    unit,
    ours: round(ourMedian),
    peer: peerMedian === undefined ? null : round(peerMedian),
    peerName: peerName ?? null,
    ratio: ratio === null ? null : round(ratio),
    target: target ?? null,
    pass: reached,
    ...(note && { note }),
    raw: { ours: ours.map(round), ...(peer && { peer: peer.map(round) }) },
  }
}

function round(value) {
  return Number(value.toPrecision(4))
}

/** Calls each variant once per round, the order reversed every other round, and gathers what they give. */
export async function alternate(variants, rounds, once) {
  const results = new Map(variants.map((variant) => [variant, []]))
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? variants : [...variants].reverse()
    for (const variant of order) results.get(variant).push(await once(variant, round))
  }
  return results
}
