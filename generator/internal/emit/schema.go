package emit

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

func (e *emitter) schema(f *jen.File) {
	doc(f, []string{"Schema returns the JSON Schema that this package was generated from."})
	if len(e.p.SchemaFiles) > 0 {
		doc(f, []string{"It does not include the files it refers to: " + line(strings.Join(e.p.SchemaFiles, ", ")) + "."})
	}
	f.Func().Id("Schema").Params().Index().Byte().Block(jen.Return(jen.Index().Byte().Call(jen.Id("schemaText"))))
	f.Const().Id("schemaText").Op("=").Add(multilineRaw(layOut(e.p.SchemaText)))
}

// raw is text as a Go string, between backquotes where that is easier to read
// and possible.
func raw(text string) jen.Code {
	if !strings.ContainsRune(text, '"') || strings.ContainsFunc(text, unraw) {
		return jen.Lit(text)
	}
	return jen.Op("`" + text + "`")
}

// unraw reports whether r cannot stand between backquotes, or not be seen there.
func unraw(r rune) bool {
	return r == '`' || r == '\r' || r == unicode.ReplacementChar || r != '\n' && !unicode.IsPrint(r)
}

// multilineRaw is text between backquotes, apart from the characters that cannot
// stand there.
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

// layOut gives compact JSON, an object, lines and indents: one member or item a
// line, so that a review shows the property that changed.
func layOut(text string) string {
	v, _ := cutJSON(text)
	var b strings.Builder
	v.write(&b, 0, true)
	return b.String()
}

// A jsonValue is a value of JSON. Of a scalar and of an empty list or object it is
// the text; of others the parts are the items, or the members with their keys.
type jsonValue struct {
	text  string
	list  bool
	parts []jsonPart
	width int // on one line
}

type jsonPart struct {
	key   string // as JSON has it; empty in a list
	value *jsonValue
}

// cutJSON cuts the value that compact JSON begins with.
func cutJSON(text string) (v *jsonValue, rest string) {
	if open := text[0]; open != '{' && open != '[' || text[1] == open+2 { // the brackets are two apart
		end := scalarEnd(text)
		return &jsonValue{text: text[:end], width: end}, text[end:]
	}
	v = &jsonValue{list: text[0] == '['}
	for text[0] != '}' && text[0] != ']' {
		var p jsonPart
		text = text[1:] // the bracket, or a comma
		if !v.list {
			end := scalarEnd(text)
			p.key, text = text[:end], text[end+1:]
			v.width += end + len(": ")
		}
		p.value, text = cutJSON(text)
		v.width += p.value.width + len(", ")
		v.parts = append(v.parts, p)
	}
	return v, text[1:]
}

// scalarEnd is where the scalar, or the empty list or object, ends that text
// begins with.
func scalarEnd(text string) int {
	switch text[0] {
	case '{', '[':
		return 2
	case '"':
		for i := 1; ; i++ {
			if text[i] == '\\' {
				i++
			} else if text[i] == '"' {
				return i + 1
			}
		}
	}
	if end := strings.IndexAny(text, ",]}"); end >= 0 {
		return end
	}
	return len(text)
}

const (
	schemaWidth  = 110 // columns
	deepestLine  = 2   // lists and objects in one another on one line
	schemaIndent = "  "
)

// isFlat reports whether v reads well on one line: it is no tree, and does not
// hold several properties that each have a schema.
func (v *jsonValue) isFlat(depth int) bool {
	if len(v.parts) > 0 && depth == 0 {
		return false
	}
	objects := 0
	for _, p := range v.parts {
		if !p.value.isFlat(depth - 1) {
			return false
		}
		if !v.list && !p.value.list && len(p.value.parts) > 0 {
			objects++
		}
	}
	return objects < 2
}

func (v *jsonValue) write(b *strings.Builder, indent int, broken bool) {
	if len(v.parts) == 0 {
		b.WriteString(v.text)
		return
	}
	brackets := "{}"
	if v.list {
		brackets = "[]"
	}
	b.WriteByte(brackets[0])
	for i, p := range v.parts {
		switch {
		case broken && i > 0:
			b.WriteByte(',')
		case i > 0:
			b.WriteString(", ")
		}
		column := (indent + 1) * len(schemaIndent)
		if broken {
			b.WriteByte('\n')
			b.WriteString(strings.Repeat(schemaIndent, indent+1))
		}
		if p.key != "" {
			b.WriteString(p.key + ": ")
			column += len(p.key) + 2
		}
		p.value.write(b, indent+1, broken && (column+p.value.width > schemaWidth || !p.value.isFlat(deepestLine)))
	}
	if broken {
		b.WriteByte('\n')
		b.WriteString(strings.Repeat(schemaIndent, indent))
	}
	b.WriteByte(brackets[1])
}
