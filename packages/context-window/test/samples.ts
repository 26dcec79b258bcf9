/** Texts of many kinds, written for this test: the estimator's weights were not fitted to them. */
export const samples: Record<string, string> = {
  english: `The harbour was quiet when the ferry came in, an hour late, with half of its lamps out. Nobody on the pier seemed to mind. A woman in a grey coat counted the crates as they came down the ramp, wrote a number on a slip of paper, and gave it to the boy beside her without a word. He ran. By the time the last passenger had found his luggage, the whole town knew that the medicine had arrived and that there was less of it than promised. In the café across the square the old argument began again: whether to ration it by age, by need, or by lot. The doctor, who had heard all three sides every winter for nineteen years, ordered soup and read yesterday's newspaper twice.`,
  chat: `hey, quick question — can you look at the invoice from last Tuesday? I think they charged us twice for the hosting (again!!). Also: what's the refund policy if we cancel mid-month? Thanks :) PS: don't email Marco about it yet, he's on vacation until the 14th.`,
  markdown: `# Release notes\n\n## Fixed\n\n- **Login**: the session no longer ends after \`15 min\` when a tab is hidden (see [#482](https://example.com/issues/482))\n- Exports with more than 10,000 rows are split into parts of 2,500\n\n| plan | seats | price |\n|---|---:|---:|\n| Free | 1 | €0 |\n| Team | 25 | €19.50 |\n| Enterprise | unlimited | on request |\n\n> Note: the old endpoint \`/v1/export\` will be removed on 2027-01-31.\n`,
  typescript: `export class RateLimiter {\n  readonly #buckets = new Map<string, { tokens: number; refilledAt: number }>()\n\n  constructor(private readonly limit: number, private readonly windowMs = 60_000) {}\n\n  /** Takes one token, or says how long to wait. */\n  take(key: string, now: number): { ok: true } | { ok: false; retryAfterMs: number } {\n    const bucket = this.#buckets.get(key) ?? { tokens: this.limit, refilledAt: now }\n    const elapsed = now - bucket.refilledAt\n    bucket.tokens = Math.min(this.limit, bucket.tokens + (elapsed * this.limit) / this.windowMs)\n    bucket.refilledAt = now\n    this.#buckets.set(key, bucket)\n    if (bucket.tokens < 1) return { ok: false, retryAfterMs: Math.ceil(((1 - bucket.tokens) * this.windowMs) / this.limit) }\n    bucket.tokens -= 1\n    return { ok: true }\n  }\n}\n`,
  python: `def merge_intervals(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:\n    """Merge overlapping intervals; the input need not be sorted."""\n    merged: list[tuple[int, int]] = []\n    for start, end in sorted(intervals):\n        if merged and start <= merged[-1][1]:\n            merged[-1] = (merged[-1][0], max(merged[-1][1], end))\n        else:\n            merged.append((start, end))\n    return merged\n\n\nif __name__ == "__main__":\n    print(merge_intervals([(8, 10), (1, 3), (2, 6), (15, 18), (17, 20)]))\n`,
  sql: `SELECT c.customer_id, c.display_name, COUNT(*) AS orders, SUM(o.total_cents) / 100.0 AS revenue\nFROM customers AS c\nINNER JOIN orders AS o ON o.customer_id = c.customer_id AND o.status <> 'CANCELLED'\nWHERE o.placed_at >= DATE '2026-01-01' AND c.country IN ('DE', 'FR', 'NL')\nGROUP BY c.customer_id, c.display_name\nHAVING COUNT(*) > 3\nORDER BY revenue DESC\nLIMIT 50;\n`,
  html: `<article class="card card--wide" data-id="8812"><header><h2 id="t-8812">Night train to Lisbon</h2><time datetime="2026-11-03T21:40:00Z">3 Nov, 21:40</time></header><p>Two berths left in car <strong>14</strong>. <a href="/book?train=8812&amp;class=2">Book now</a></p><footer aria-label="tags"><span>night</span><span>direct</span></footer></article>`,
  'json, indented': JSON.stringify(
    {
      order: { id: 'ord_90311', placedAt: '2026-10-04T08:15:30.000Z', currency: 'EUR', paid: false },
      items: [
        {
          sku: 'CH-220-B',
          title: 'Desk chair, black',
          quantity: 2,
          price: 149.9,
          options: { armrests: true, height: null },
        },
        { sku: 'LP-031', title: 'Reading lamp', quantity: 1, price: 38.25, options: { bulb: 'E14', dimmable: false } },
      ],
      address: { name: 'Ines Keller', street: 'Am Markt 4', zip: '04109', city: 'Leipzig' },
    },
    null,
    2,
  ),
  'json, compact': JSON.stringify(
    Array.from('abcdefghijkl').map((letter, index) => ({
      id: `${letter}-${(index * 7919) % 1009}`,
      temperature: Number((18.5 + ((index * 37) % 11) / 3).toFixed(2)),
      humidity: 40 + ((index * 13) % 25),
      ok: index % 4 !== 0,
      labels: [`room-${index}`, 'sensor', letter.toUpperCase()],
    })),
  ),
  csv: Array.from('abcdefghijklmnopqrst')
    .map(
      (letter, index) =>
        `${20260000 + index * 101},${letter}${index},${(index * 12.375).toFixed(3)},EUR,${index % 3 ? 'paid' : 'open'}`,
    )
    .join('\n'),
  log: `2026-11-03T10:22:41.093Z INFO  gateway request id=7f3a09 method=POST path=/v1/messages status=200 ms=184\n2026-11-03T10:22:41.377Z WARN  pool connection 10.4.18.7:5432 slow (1840 ms), 3 of 20 in use\n2026-11-03T10:22:42.001Z ERROR worker job=8812 attempt=2 Error: ECONNRESET: socket hang up\n    at TLSSocket.onClose (node:_tls_wrap:1012:11)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n`,
  german: `Die Verwaltung hat den Bauantrag für die Straßenbahnhaltestelle zurückgestellt, weil das Lärmschutzgutachten fehlte. Über die Höhe der Ausgleichszahlungen entscheidet der Stadtrat voraussichtlich im Frühjahr; bis dahin bleiben die Fahrgäste auf den Ersatzverkehr angewiesen. „Wir hätten uns eine schnellere Lösung gewünscht“, sagte die Bürgermeisterin.`,
  french: `À l'époque, personne ne s'attendait à ce que la rivière déborde si tôt dans l'année. Les éleveurs avaient déjà mené leurs bêtes aux pâturages d'été, et il fallut les ramener en pleine nuit, à la lueur des lampes. « Nous n'avons rien perdu », répétait le maire, comme s'il cherchait à s'en convaincre lui-même.`,
  polish: `Wczoraj wieczorem sąsiedzi zauważyli, że światło w starej księgarni znów się świeci. Właściciel, który wyjechał przed świętami, najwyraźniej wrócił wcześniej, niż zapowiadał. Przed drzwiami stały trzy skrzynie książek i rower z pękniętą dętką.`,
  russian: `Утром над озером поднялся густой туман, и рыбаки решили подождать. Старший из них рассказывал, как сорок лет назад в такую же погоду лодка его отца прошла мимо причала и села на мель у дальнего берега. Никто не перебивал: все знали эту историю наизусть, но каждый раз в ней появлялось что-то новое.`,
  greek: `Το μικρό πλοίο άφησε το λιμάνι πριν ξημερώσει. Κανείς δεν μιλούσε στο κατάστρωμα, μόνο ο καπετάνιος σιγοτραγουδούσε ένα παλιό τραγούδι για τη θάλασσα και τον άνεμο που αλλάζει χωρίς προειδοποίηση.`,
  chinese: `昨天晚上，图书馆的灯一直亮到很晚。管理员说，有一位老人每个星期三都会来，借同一本书，坐在靠窗的位置，读到关门为止。没有人知道他为什么总是选那一本，也没有人问过。直到有一天，书里掉出一张旧照片，背面写着四十年前的日期和一个地名。`,
  japanese: `駅前の小さな食堂は、朝の六時になると店を開けます。店主は毎日同じ時間に市場へ行き、その日いちばん新しい魚を選んで帰ってきます。常連のお客さんはメニューを見ません。「いつもの」と言えば、温かい味噌汁とごはん、そして焼きたての魚が出てくるからです。`,
  korean: `비가 그친 뒤에 골목은 아주 조용했다. 할머니는 젖은 의자를 닦고 문 앞에 앉아 지나가는 사람들을 바라보았다. 아이들이 물웅덩이를 뛰어넘으며 웃을 때마다 할머니도 따라 웃었다. 저녁이 되자 집집마다 밥 짓는 냄새가 났다.`,
  arabic: `وصل القطار متأخرًا إلى المحطة القديمة، ولم يكن هناك أحد في الانتظار سوى بائع الشاي. قال إن الطريق إلى القرية ما زال مقطوعًا منذ العاصفة الأخيرة، وإن الحافلة لن تأتي قبل صباح الغد، ثم ملأ كوبين وجلس بجانبنا.`,
  hebrew: `הרכבת הגיעה באיחור לתחנה הישנה, ואיש לא חיכה שם מלבד מוכר התה. הוא אמר שהדרך אל הכפר עדיין חסומה מאז הסערה האחרונה ושהאוטובוס לא יבוא לפני מחר בבוקר.`,
  hindi: `पुराने बाज़ार की गली में एक छोटी सी दुकान है जहाँ केवल मिट्टी के दीये बिकते हैं। दुकानदार कहता है कि उसके दादा ने यह काम शुरू किया था, और त्योहार के दिनों में यहाँ इतनी भीड़ होती है कि पैर रखने की जगह नहीं मिलती।`,
  thai: `ร้านหนังสือเล็ก ๆ ตรงหัวมุมถนนเปิดมานานกว่าสามสิบปีแล้ว เจ้าของร้านจำลูกค้าได้ทุกคนและมักจะแนะนำหนังสือเล่มใหม่ให้เสมอ แม้ว่าวันนี้ฝนจะตกหนัก แต่ก็ยังมีคนเดินเข้ามาไม่ขาดสาย`,
  emoji: `🎉🎂 Happy birthday!! 🥳 See you at 8 👋🏽 don't forget 🍕🍕 and 🎮 ❤️‍🔥 👨‍👩‍👧‍👦 🇫🇷🇯🇵 ✅ done ☕️ 🚀🚀🚀 😂😭🙏🏻 🤷‍♀️ 🌍 🔥💯`,
  math: `∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−f(a)|<ε; ∑ᵢ₌₁ⁿ i = n(n+1)/2, ∫₀^∞ e^(−x²) dx = √π/2, A ⊆ B ∧ B ⊆ A ⟺ A = B, λ≠μ, θ≈2.718°`,
  base64:
    'iVBORw0KGgoAAAANSUhEUgAAAZAAAAEsCAYAAADtt+XCAAAACXBIWXMAAAsTAAALEwEAmpwYAAAF0WlUWHRYTUw6Y29tLmFkb2JlLnhtcAAAAAAAPD94cGFja2V0IGJlZ2luPSLvu78iIGlkPSJXNU0wTXBDZWhpSHpyZVN6TlRjemtjOWQiPz4gPHg6eG1wbWV0YSB4bWxuczp4PSJhZG9iZTpuczptZXRhLyIgeDp4bXB0az0iQWRvYmUgWE1QIENvcmUgNy4yLWMwMDAgNzkuMWI2NWE3OWI0LCAyMDIyLzA2LzEzLTIyOjAxOjAxICAgICAgICAiPiA8cmRmOlJERiB4',
  hex: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752 fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13',
  uuids:
    '3f2504e0-4f89-41d3-9a0c-0305e82c3301 7c9e6679-7425-40de-944b-e07fc1f90ae7 550e8400-e29b-41d4-a716-446655440000 6ba7b810-9dad-11d1-80b4-00c04fd430c8',
}
