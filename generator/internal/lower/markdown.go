package lower

import (
	"bytes"
	"go/doc/comment"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

var (
	lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ")
	// tags are the HTML tags that are removed. Other names in angle brackets, such as
	// <host>, are text and stay.
	tags      = regexp.MustCompile(`(?is)<!--.*?-->|</?(a|b|code|del|em|i|img|kbd|small|span|strong|su[bp]|tt|u)(\s[^>]*)?/?>`)
	breakTags = regexp.MustCompile(`(?i)</?(blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|t[dhr]|tbody|thead|ul)(\s[^>]*)?/?>`)
	escapes   = regexp.MustCompile("\\\\[-*_`\\[\\]<>#~|]|&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);")
	bareCode  = regexp.MustCompile(`^(\S*[\pL\pN]\S*|.*".*)$`)
	tableRule = regexp.MustCompile(`\n *(\| *)?:?-+:? *\|[-|: ]*\n`)
	// itemMark matches what would start an item at the beginning of a line in a list.
	itemMark = regexp.MustCompile(` ([-+*•]|[0-9]+[.)])`)
	itemLine = regexp.MustCompile(`^\s*([-+*•]|[0-9]+[.)])\s`)
	// gofmt turns the others into typographic quotes.
	emptyQuotes = strings.NewReplacer("``", `""`, "''", `""`)
)

// lines returns blocks and further paragraphs as the lines of a doc comment that gofmt
// does not change.
func lines(blocks []comment.Block, more ...string) []string {
	for _, text := range more {
		if text != "" {
			blocks = append(blocks, paragraph(text))
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	for i := len(blocks) - 1; i > 0; i-- { // or godoc takes two indented blocks for one
		_, list := blocks[i].(*comment.List)
		_, code := blocks[i].(*comment.Code)
		_, afterList := blocks[i-1].(*comment.List)
		_, afterCode := blocks[i-1].(*comment.Code)
		if text := map[bool]string{true: "Also:", false: "As code:"}[list]; list && afterCode || (list || code) && afterList {
			blocks = slices.Insert(blocks, i, comment.Block(paragraph(text)))
		}
	}
	text := (&comment.Printer{TextWidth: docWidth}).Text(&comment.Doc{Content: blocks})
	text = bytes.ReplaceAll(text, []byte{0}, []byte{' '})
	for range 2 { // gofmt itself may need two rounds
		text = new(comment.Printer).Comment(new(comment.Parser).Parse(string(text)))
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// paragraph returns a paragraph with only printable characters.
func paragraph(text string) *comment.Paragraph {
	text = strings.Join(strings.Fields(strings.Map(printable, text)), " ")
	return &comment.Paragraph{Text: []comment.Text{comment.Plain(itemMark.ReplaceAllString(text, "\x00$1"))}}
}

// markdown returns a text of the schema, which may be Markdown, as blocks of a doc
// comment. A very long text becomes one paragraph, because hostile Markdown takes time.
func markdown(source string) []comment.Block {
	m := markdownText(lineBreaks.Replace(strings.TrimSpace(source)))
	if len(m) > 1<<14 {
		return []comment.Block{paragraph(source)}
	}
	return m.blocks(goldmark.DefaultParser().Parse(text.NewReader(m)))
}

type markdownText []byte

// blocks returns the blocks in a node.
func (m markdownText) blocks(parent ast.Node) (list []comment.Block) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch {
		case m.isCode(n):
			if code := m.code(n); strings.TrimSpace(code.Text) != "" {
				list = append(list, code)
			}
		case n.Kind() == ast.KindBlockquote:
			list = append(list, m.blocks(n)...)
		case n.Kind() == ast.KindList:
			if items := m.list(n.(*ast.List)); len(items.Items) > 0 {
				list = append(list, items)
			}
		default:
			text := strings.TrimSpace(strings.Map(printable, m.text(n)))
			if p := paragraph(text); text != "" && n.Kind() == ast.KindHeading && len(list) > 0 && len(text) < docWidth {
				list = append(list, &comment.Heading{Text: p.Text})
			} else if text != "" {
				list = append(list, p)
			}
		}
	}
	return list
}

// isCode reports whether n is kept verbatim: code, or a table, which CommonMark takes
// for a paragraph.
func (m markdownText) isCode(n ast.Node) bool {
	return n.Kind() == ast.KindCodeBlock || n.Kind() == ast.KindFencedCodeBlock || tableRule.MatchString(m.raw(n)+"\n")
}

func (m markdownText) code(n ast.Node) *comment.Code {
	var b strings.Builder
	for line := range strings.SplitSeq(m.raw(n), "\n") {
		if line = strings.TrimRight(strings.Map(printable, line), " "); b.Len() == 0 && itemLine.MatchString(line) {
			line = "---\n" + line // or it would be a list
		}
		b.WriteString(line + "\n")
	}
	return &comment.Code{Text: b.String()}
}

// list returns a list. In godoc its items contain only paragraphs.
func (m markdownText) list(list *ast.List) *comment.List {
	items := &comment.List{ForceBlankBefore: true}
	for item, number := list.FirstChild(), list.Start; item != nil; item, number = item.NextSibling(), number+1 {
		one := &comment.ListItem{Content: paragraphs(m.blocks(item))}
		if list.IsOrdered() {
			one.Number = strconv.Itoa(number)
		}
		if len(one.Content) > 0 {
			items.Items = append(items.Items, one)
		}
	}
	return items
}

// paragraphs returns blocks as paragraphs: one for each line of code and each item of a
// list.
func paragraphs(blocks []comment.Block) (list []comment.Block) {
	for _, b := range blocks {
		switch b := b.(type) {
		case *comment.Heading:
			list = append(list, &comment.Paragraph{Text: b.Text})
		case *comment.Code:
			for _, line := range strings.FieldsFunc(b.Text, func(r rune) bool { return r == '\n' }) {
				list = append(list, paragraph(itemLine.ReplaceAllString(line, "($1) ")))
			}
		case *comment.List:
			for _, item := range b.Items {
				mark := "– "
				if item.Number != "" {
					mark = "(" + item.Number + ") "
				}
				first := item.Content[0].(*comment.Paragraph)
				first.Text = append([]comment.Text{comment.Plain(mark)}, first.Text...)
				list = append(list, item.Content...)
			}
		default:
			list = append(list, b)
		}
	}
	return list
}

// raw returns the source of a block.
func (m markdownText) raw(n ast.Node) string {
	text := string(n.Lines().Value(m))
	if h, ok := n.(*ast.HTMLBlock); ok && h.HasClosure() {
		text += string(h.ClosureLine.Value(m))
	}
	return strings.TrimSuffix(text, "\n")
}

// text returns the text in a node without markup.
func (m markdownText) text(parent ast.Node) string {
	if parent.Kind() == ast.KindHTMLBlock {
		return unmarked(m.raw(parent))
	}
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		text := m.text(n)
		switch n := n.(type) {
		case *ast.Text:
			if text = string(n.Value(m)); parent.Kind() != ast.KindCodeSpan {
				text = unescape(text)
			}
			text = emptyQuotes.Replace(text)
			if n.SoftLineBreak() || n.HardLineBreak() {
				text += " "
			}
		case *ast.CodeSpan:
			if !bareCode.MatchString(text) {
				text = `"` + text + `"`
			}
		case *ast.Emphasis:
			// Not in a product or between patterns: 1024*1024*8, *.yml and .*.
			before, _ := utf8.DecodeLastRune(m[:n.Pos()])
			if first, _ := utf8.DecodeRuneInString(text); isWord(before) || !isWord(first) && first != '"' {
				marks := strings.Repeat(string(m[n.Pos()]), n.Level)
				text = marks + text + marks
			}
		case *ast.Link:
			if to := string(n.Destination); to != "" && to != text && to[0] != '#' {
				text += " (" + to + ")"
			}
		case *ast.AutoLink:
			text = string(n.Label(m))
		case *ast.RawHTML:
			text = unmarked(string(n.Segments.Value(m)))
		}
		b.WriteString(text)
	}
	return b.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// unmarked removes the tags from HTML.
func unmarked(source string) string {
	return unescape(breakTags.ReplaceAllString(tags.ReplaceAllString(source, ""), " "))
}

func unescape(text string) string {
	return escapes.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '\\' {
			return found[1:]
		}
		return html.UnescapeString(found)
	})
}
