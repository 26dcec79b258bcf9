import { describe, expect, it } from 'vitest'
import { type A2AClient, createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { type JsonValue, type Message, type Part, skillExtensionUri, type Task } from '@pf-agents/agent-core'

const search = { from: 'Lisbon', to: 'Vienna', day: '2027-04-30' }

const of = (parts: Part[], more: Partial<Message> = {}): Message => ({ ...userMessage(''), parts, ...more })
const toSkill = (skill: string, data: JsonValue): Message =>
  of([{ data }], { metadata: { [skillExtensionUri]: skill } })

/** What both targets must do. `url` is asked for when a test begins. */
export function travelDesk(url: () => string): void {
  const client = (): A2AClient => createA2AClient({ url: url() })

  async function task(message: Message): Promise<Task> {
    const answer = await client().sendMessage({ message })
    if (!('task' in answer)) throw new Error(`No task but ${JSON.stringify(answer)}`)
    return answer.task
  }
  const say = (task: Task): string => task.status.message?.parts.map(({ text }) => text ?? '').join('') ?? ''
  const follow = (before: Task, part: Part): Promise<Task> =>
    task(of([part], { taskId: before.id, contextId: before.contextId }))

  it('shows its skills on the card', async () => {
    const { skills } = await client().card()
    expect(skills.map(({ id }) => id)).toEqual(['find-flights', 'book-trip', 'show-booking'])
  })

  it('finds flights, the cheapest first', async () => {
    const answer = await client().sendMessage({ message: toSkill('find-flights', search) })
    expect(answer).toMatchObject({
      message: {
        parts: [
          {
            data: {
              flights: [
                { number: 'PF 105', fare: 89 },
                { number: 'PF 101', fare: 129 },
              ],
            },
          },
        ],
      },
    })
  })

  describe('routes by words', () => {
    it('to the skill that needs data, and asks for it', async () => {
      const asked = await task(userMessage('I need a flight to Vienna'))
      expect([asked.status.state, say(asked)]).toEqual([
        'input-required',
        expect.stringContaining('Find flights needs its input'),
      ])
      const found = await follow(asked, { data: search })
      expect(found).toMatchObject({
        status: { state: 'completed' },
        artifacts: [{ parts: [{ data: { flights: [{ number: 'PF 105' }, { number: 'PF 101' }] } }] }],
      })
    })

    it('to nothing where they decide nothing: rejected, with the skills there are', async () => {
      const rejected = await task(userMessage('Sing a song'))
      expect(rejected.status.state).toBe('rejected')
      expect(say(rejected)).toContain('find-flights, book-trip, show-booking')
    })
  })

  it('rejects a city it does not know', async () => {
    const rejected = await task(toSkill('find-flights', { ...search, to: 'Atlantis' }))
    expect([rejected.status.state, say(rejected)]).toEqual([
      'rejected',
      'We sell no flights for Atlantis. We know Lisbon, Vienna, Oslo.',
    ])
  })

  describe('books a trip over several turns', () => {
    const begin = () => task(toSkill('book-trip', search))

    it('asks one thing after the other, and asks again where an answer does not fit', async () => {
      const first = await begin()
      expect([first.status.state, say(first)]).toEqual([
        'input-required',
        'Which flight? PF 105 at 17:15 for 89 €; PF 101 at 07:40 for 129 €',
      ])
      const wrong = await follow(first, { text: 'PF 999' })
      expect(wrong.status.state).toBe('input-required')
      const second = await follow(wrong, { text: 'PF 101' })
      expect(say(second)).toBe('For how many travellers?')
      const third = await follow(second, { data: 2 })
      expect(say(third)).toBe('PF 101 at 07:40 for 129 €: 258 € for 2. Book it, yes or no?')

      const booked = await follow(third, { text: 'yes' })
      expect(booked.status.state).toBe('completed')
      const reference = `TD-${booked.id.slice(0, 8)}`
      const [itinerary, calendar, boarding] = booked.artifacts ?? []
      expect(itinerary).toMatchObject({
        name: 'itinerary',
        parts: [
          { text: `PF 101 from Lisbon to Vienna on 2027-04-30 at 07:40, 2 × 129 € = 258 €. Reference ${reference}.` },
          { data: { reference, flight: 'PF 101', day: '2027-04-30', travellers: 2, total: 258 } },
        ],
      })
      expect(calendar).toMatchObject({
        name: 'calendar',
        parts: [{ mediaType: 'text/calendar', filename: `${reference}.ics` }],
      })
      expect(atob(calendar?.parts[0]?.raw ?? '')).toContain('DTSTART:20270430T074000\r\nDURATION:PT210M\r\n')
      expect(boarding).toMatchObject({
        name: 'boarding',
        parts: [{ url: `https://travel-desk.example/bookings/${reference}` }],
      })

      const shown = await client().sendMessage({
        message: { ...userMessage('What have I booked?'), contextId: booked.contextId },
      })
      expect(JSON.stringify(shown)).toContain(`${reference}: PF 101 on 2027-04-30 for 2, 258 €.`)
      const elsewhere = await client().sendMessage({ message: userMessage('What have I booked?') })
      expect(JSON.stringify(elsewhere)).toContain('Nothing was booked in this conversation.')
    })

    it('fails where the seats do not suffice', async () => {
      const asked = await follow(await begin(), { text: 'PF 105' })
      const failed = await follow(asked, { data: 3 })
      expect([failed.status.state, say(failed)]).toEqual(['failed', 'PF 105 has only 2 seats left on 2027-04-30.'])
    })

    it('books nothing against a no', async () => {
      const asked = await follow(await follow(await begin(), { text: 'PF 105' }), { data: 1 })
      const left = await follow(asked, { text: 'no' })
      expect([left.status.state, say(left), left.artifacts ?? []]).toEqual(['completed', 'Nothing was booked.', []])
    })
  })
}

/** What the model says that stands behind the desk in a test. */
export const modelTurns = [
  { toolCalls: [{ name: 'find_flights', arguments: { from: 'Lisbon', to: 'Oslo', day: '2027-04-30' } }] },
  { text: 'PF 310 leaves at 09:30.' },
]

/** The desk has a model: what no skill takes is talked about. */
export async function modelTalks(url: string): Promise<void> {
  const answer = await createA2AClient({ url }).sendMessage({ message: userMessage('How do I get to Oslo?') })
  expect(answer).toMatchObject({
    task: { status: { state: 'completed' }, artifacts: [{ parts: [{ text: 'PF 310 leaves at 09:30.' }] }] },
  })
}
