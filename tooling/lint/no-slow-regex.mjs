import { analyse } from 'scslre'

/** What a kind of report means, and the way out. */
const kinds = {
  Self: 'a repetition within a repetition can split the same text in ever more ways',
  Trade: 'two repetitions, one behind the other, can share the same text out between them; let nothing match both',
  Move: 'it begins anew at every character of a long run; anchor it, or begin only where the run does: (?<!x)x+',
}

/** No regular expression whose time grows faster than the text that it looks through: one long message would stop a process. */
export default {
  create(context) {
    return {
      Literal(node) {
        if (!node.regex) return
        const { pattern, flags } = node.regex
        const [report] = analyse({ source: pattern, flags }).reports
        if (report === undefined) return
        const times = report.exponential ? 'exponential' : 'at least quadratic'
        context.report({
          node,
          message: `/${pattern}/${flags} takes ${times} time in the length of a text: ${kinds[report.type]}.`,
        })
      },
    }
  },
}
