package docs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// A page is a Markdown file: its text, and what the tests need to know of it.
type page struct {
	path    string // from the root of the repository
	text    []byte
	parts   []part // code blocks and directives, in their order
	links   []string
	anchors []string
}

// A part is a code block with the directives above it, or directives alone.
type part struct {
	line       int // of the first line of the block's text, or of the comment
	language   string
	text       string
	directives []directive
}

// A directive is a line "name: value" of an HTML comment above a block. The value of a
// comment that goes on after its first line is everything after the name.
type directive struct{ name, value string }

// find returns the value of the first directive with the name.
func (p part) find(name string) (value string, ok bool) {
	i := slices.IndexFunc(p.directives, func(d directive) bool { return d.name == name })
	if i < 0 {
		return "", false
	}
	return p.directives[i].value, true
}

// read parses a page.
func read(t *testing.T, path string) *page {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	p := &page{path: path, text: content}
	var waiting []directive
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
	ast.Walk(parser.Parse(text.NewReader(content)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			p.links = append(p.links, string(n.Destination))
		case *ast.Image:
			p.links = append(p.links, string(n.Destination))
		case *ast.Heading:
			p.anchors = append(p.anchors, p.anchor(plainText(n, content)))
		case *ast.HTMLBlock:
			comment, ok := strings.CutPrefix(lines(n, content), "<!--")
			if comment = strings.TrimSpace(comment); !ok || !strings.HasSuffix(comment, "-->") {
				return ast.WalkContinue, nil
			}
			name, value, _ := strings.Cut(strings.TrimSpace(strings.TrimSuffix(comment, "-->")), ":")
			d := directive{name, strings.TrimSpace(value)}
			if next, ok := n.NextSibling().(*ast.FencedCodeBlock); ok && !next.HasBlankPreviousLines() || isComment(n.NextSibling()) && !n.NextSibling().HasBlankPreviousLines() {
				waiting = append(waiting, d)
				return ast.WalkContinue, nil
			}
			p.parts = append(p.parts, part{line: p.line(n), directives: append(waiting, d)})
			waiting = nil
		case *ast.CodeBlock:
			t.Errorf("%s:%d: a code block without a fence", path, p.line(n))
		case *ast.FencedCodeBlock:
			p.parts = append(p.parts, part{p.line(n), string(n.Language(content)), lines(n, content), waiting})
			waiting = nil
		}
		return ast.WalkContinue, nil
	})
	return p
}

func isComment(n ast.Node) bool {
	_, ok := n.(*ast.HTMLBlock)
	return ok
}

// lines returns the text of a block.
func lines(n ast.Node, content []byte) string {
	var b strings.Builder
	for _, s := range n.Lines().Sliced(0, n.Lines().Len()) {
		b.Write(s.Value(content))
	}
	if html, ok := n.(*ast.HTMLBlock); ok && html.HasClosure() {
		b.Write(html.ClosureLine.Value(content))
	}
	return b.String()
}

// line returns the number of the first line of a block's text, from 1.
func (p *page) line(n ast.Node) int {
	if n.Lines().Len() == 0 {
		return 1
	}
	return 1 + bytes.Count(p.text[:n.Lines().At(0).Start], []byte("\n"))
}

// plainText returns the text of a heading without its markup.
func plainText(n ast.Node, content []byte) string {
	var b strings.Builder
	ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Value(content))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// anchor returns the anchor that GitHub gives to the next heading of a page: its letters
// in lower case, spaces as hyphens, and a number where an earlier heading has the same.
func (p *page) anchor(heading string) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
	unique := slug
	for n := 1; slices.Contains(p.anchors, unique); n++ {
		unique = slug + "-" + string(rune('0'+n))
	}
	return unique
}
