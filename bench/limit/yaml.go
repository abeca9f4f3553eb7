package limit

import "strings"

// A yamlReader reads the YAML that the bench writes: block mappings whose keys are plain,
// scalars of one line, plain or quoted without escapes, and lines that are comments.
// It stands at a key, or behind the colon of one.
type yamlReader struct {
	rest   string // what is not read
	column int    // of the key, or -1 at the end
	indent int    // the column of the keys of the current mapping
	err    error
}

func newYAMLReader(text string) *yamlReader {
	r := &yamlReader{rest: text, column: -1, indent: -1}
	r.line()
	return r
}

func (r *yamlReader) left() int { return len(r.rest) }

// fail keeps the first error and ends the document.
func (r *yamlReader) fail(what string) {
	if r.err == nil {
		r.err = syntaxError(what)
	}
	r.rest, r.column = "", -1
}

// line goes on to the first key from the beginning of a line.
func (r *yamlReader) line() {
	s := r.rest
	for {
		column := 0
		for column < len(s) && s[column] == ' ' {
			column++
		}
		s = s[column:]
		if s == "" {
			r.rest, r.column = "", -1
			return
		}
		if s[0] != '#' && s[0] != '\n' {
			r.rest, r.column = s, column
			return
		}
		s = s[strings.IndexByte(s, '\n')+1:]
	}
}

// enter begins the mapping behind a key, or the document. It returns the indentation of
// the outer mapping for leave.
func (r *yamlReader) enter() (outer int) {
	if r.indent >= 0 {
		if r.rest == "" || r.rest[0] != '\n' {
			r.fail("want a mapping")
			return r.indent
		}
		r.rest = r.rest[1:]
		r.line()
	}
	outer = r.indent
	if r.indent = r.column; r.column <= outer {
		r.fail("want a mapping")
	}
	return outer
}

// key returns the next key of the current mapping.
func (r *yamlReader) key() (name string, ok bool) {
	if r.column != r.indent || r.rest == "" {
		return "", false
	}
	colon := strings.IndexByte(r.rest, ':')
	if colon < 0 {
		r.fail("want a key")
		return "", false
	}
	name, r.rest = r.rest[:colon], r.rest[colon+1:]
	return name, true
}

func (r *yamlReader) leave(outer int) {
	if r.column > outer {
		r.fail("wrong indentation")
	}
	r.indent = outer
}

// word returns a scalar that is not quoted.
func (r *yamlReader) word() string {
	if r.rest == "" || r.rest[0] != ' ' {
		r.fail("want a value")
		return ""
	}
	end := strings.IndexByte(r.rest, '\n')
	if end < 0 {
		r.fail("want the end of a line")
		return ""
	}
	word := r.rest[1:end]
	r.rest = r.rest[end+1:]
	r.line()
	return word
}

// text returns a string.
func (r *yamlReader) text() string {
	word := r.word()
	if word == "" || word[0] != '"' {
		return word
	}
	if len(word) < 2 || strings.IndexByte(word[1:], '"') != len(word)-2 || strings.IndexByte(word, '\\') >= 0 {
		r.fail("invalid string " + word)
		return ""
	}
	return word[1 : len(word)-1]
}
