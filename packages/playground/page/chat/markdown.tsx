import { useMemo } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { lexer, type Token, type Tokens } from 'marked'

/** Text of an agent with its Markdown shown. It becomes elements one by one, never HTML: what is HTML in it stays text. */
export function Markdown({ text }: { text: string }) {
  const tokens = useMemo(() => lexer(text, { gfm: true, breaks: true }), [text])
  return <div class="markdown">{tokens.map(block)}</div>
}

const blocks = (tokens: readonly Token[] | undefined): ComponentChildren => tokens?.map(block)

function block(token: Token, key: number): ComponentChildren {
  switch (token.type) {
    case 'paragraph':
      return <p key={key}>{inlines(token.tokens)}</p>
    case 'heading':
      return (
        <p
          key={key}
          class="markdown-heading"
          role="heading"
          aria-level={Math.min(6, (token as Tokens.Heading).depth + 2)}
        >
          {inlines(token.tokens)}
        </p>
      )
    case 'code':
      return (
        <pre key={key} tabIndex={0}>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      )
    case 'blockquote':
      return <blockquote key={key}>{blocks(token.tokens)}</blockquote>
    case 'list':
      return list(token as Tokens.List, key)
    case 'table':
      return table(token as Tokens.Table, key)
    case 'hr':
      return <hr key={key} />
    case 'space':
    case 'def':
      return null
    case 'text':
      return <span key={key}>{token.tokens ? inlines(token.tokens) : (token as Tokens.Text).text}</span>
    default:
      return <p key={key}>{token.raw}</p>
  }
}

function list({ ordered, start, items }: Tokens.List, key: number): ComponentChildren {
  const rows = items.map((item, index) => (
    <li key={index}>
      {item.task && (
        <input type="checkbox" checked={item.checked === true} disabled aria-label={item.checked ? 'done' : 'to do'} />
      )}
      {blocks(item.tokens)}
    </li>
  ))
  return ordered ? (
    <ol key={key} start={start === '' ? 1 : start}>
      {rows}
    </ol>
  ) : (
    <ul key={key}>{rows}</ul>
  )
}

function table({ header, rows }: Tokens.Table, key: number): ComponentChildren {
  return (
    <div key={key} class="markdown-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index}>{inlines(cell.tokens)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index}>{inlines(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const inlines = (tokens: readonly Token[] | undefined): ComponentChildren => tokens?.map(inline)

function inline(token: Token, key: number): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong key={key}>{inlines(token.tokens)}</strong>
    case 'em':
      return <em key={key}>{inlines(token.tokens)}</em>
    case 'del':
      return <del key={key}>{inlines(token.tokens)}</del>
    case 'codespan':
      return <code key={key}>{(token as Tokens.Codespan).text}</code>
    case 'br':
      return <br key={key} />
    case 'link':
      return (
        <Link key={key} href={(token as Tokens.Link).href}>
          {inlines(token.tokens)}
        </Link>
      )
    case 'escape':
      return (token as Tokens.Escape).text
    case 'text':
      return token.tokens ? inlines(token.tokens) : (token as Tokens.Text).text
    default:
      // Images too: nothing is fetched because an agent says so.
      return token.raw
  }
}

/** A link that leads to the web; anything else is shown as it is written. */
export function Link({ href, children }: { href: string; children: ComponentChildren }) {
  if (!/^(?:https?:|mailto:)/i.test(href)) return <span>{children}</span>
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}
