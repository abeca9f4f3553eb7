package emit

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/runtime/document"
)

func (e *emitter) schema(f *jen.File) {
	doc(f, []string{"Schema returns the JSON Schema that this package was generated from."})
	if len(e.p.SchemaFiles) > 0 {
		doc(f, []string{"It does not include the files it refers to: " + line(strings.Join(e.p.SchemaFiles, ", ")) + "."})
	}
	f.Func().Id("Schema").Params().Index().Byte().Block(jen.Return(jen.Index().Byte().Call(jen.Id("schemaText"))))
	f.Const().Id("schemaText").Op("=").Add(multilineRaw(layOut(e.p.Schema, 0, true)))
}

// raw returns text as a Go string, between backquotes if that is possible and easier to
// read.
func raw(text string) jen.Code {
	if !strings.ContainsRune(text, '"') || strings.ContainsFunc(text, unraw) {
		return jen.Lit(text)
	}
	return jen.Op("`" + text + "`")
}

// unraw reports whether r cannot be written, or not be seen, between backquotes.
func unraw(r rune) bool {
	return r == '`' || r == '\r' || r == unicode.ReplacementChar || r != '\n' && !unicode.IsPrint(r)
}

// multilineRaw returns text between backquotes, except for the characters that are not
// allowed there.
func multilineRaw(text string) jen.Code {
	var b strings.Builder
	for {
		i := strings.IndexFunc(text, unraw)
		if i < 0 {
			b.WriteString("`" + text + "`")
			return jen.Op(b.String())
		}
		n := strings.IndexFunc(text[i:], func(r rune) bool { return !unraw(r) })
		b.WriteString("`" + text[:i] + "` + " + strconv.Quote(text[i:i+n]) + " + ")
		text = text[i+n:]
	}
}

const (
	schemaWidth  = 110 // columns
	deepestLine  = 2   // nested lists and objects on one line
	schemaIndent = "  "
)

// layOut returns a value as JSON on one line or, if broken, with one member or item per
// line, so that a review shows the property that changed.
func layOut(n *document.Node, indent int, broken bool) string {
	margin, space := strings.Repeat(schemaIndent, indent+1), " "
	if broken {
		space = "\n" + margin
	}
	var parts []string
	add := func(key string, value *document.Node) {
		text := layOut(value, indent+1, broken && !isFlat(value, deepestLine))
		if broken && len(margin)+len(key)+len(text) > schemaWidth && !strings.Contains(text, "\n") {
			text = layOut(value, indent+1, true)
		}
		parts = append(parts, key+text)
	}
	for _, item := range n.Items() {
		add("", item)
	}
	for _, m := range n.Members() {
		add(string(document.NewScalar(document.String, m.Key(), m.Pos()).AppendJSON(nil))+": ", m.Value())
	}
	text := string(n.AppendJSON(nil))
	if len(parts) == 0 {
		return text
	}
	inside := strings.Join(parts, ","+space)
	if broken {
		inside = space + inside + strings.TrimSuffix(space, schemaIndent)
	}
	return text[:1] + inside + text[len(text)-1:]
}

// isFlat reports whether n is readable on one line: it is not deeply nested, and has no
// several properties with schemas of their own.
func isFlat(n *document.Node, depth int) bool {
	objects, isDeeper := 0, func(value *document.Node) bool { return !isFlat(value, depth-1) }
	for _, m := range n.Members() {
		if len(m.Value().Members()) > 0 {
			objects++
		}
	}
	return (depth > 0 || len(n.Items())+len(n.Members()) == 0) && objects < 2 && !slices.ContainsFunc(n.Items(), isDeeper) &&
		!slices.ContainsFunc(n.Members(), func(m document.Member) bool { return isDeeper(m.Value()) })
}
