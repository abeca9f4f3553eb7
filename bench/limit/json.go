package limit

import "strings"

// A jsonReader reads JSON whose strings have no escapes.
type jsonReader struct {
	rest  string // what is not read
	first bool   // no key of the current object has been read
	err   error
}

func newJSONReader(text string) *jsonReader { return &jsonReader{rest: text} }

func (r *jsonReader) left() int { return len(r.rest) }

// fail keeps the first error and ends the document.
func (r *jsonReader) fail(what string) {
	if r.err == nil {
		r.err = syntaxError(what)
	}
	r.rest = ""
}

// next skips white space and returns the next character, or 0 at the end.
func (r *jsonReader) next() byte {
	s := r.rest
	for i := range len(s) {
		if c := s[i]; c > ' ' {
			r.rest = s[i:]
			return c
		}
	}
	r.rest = ""
	return 0
}

// take skips white space and this character.
func (r *jsonReader) take(c byte) bool {
	if r.next() != c {
		r.fail("want " + string(c))
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// enter begins an object.
func (r *jsonReader) enter() (outer int) {
	r.take('{')
	r.first = true
	return 0
}

// key returns the next key of the current object.
func (r *jsonReader) key() (name string, ok bool) {
	if r.next() == '}' {
		r.rest = r.rest[1:]
		return "", false
	}
	if !r.first && !r.take(',') {
		return "", false
	}
	r.first = false
	name = r.text()
	return name, r.take(':')
}

func (r *jsonReader) leave(int) { r.first = false }

// word returns a scalar that is not a string.
func (r *jsonReader) word() string {
	r.next()
	end := 0
	for end < len(r.rest) && r.rest[end] > ',' && r.rest[end] != '}' {
		end++
	}
	word := r.rest[:end]
	r.rest = r.rest[end:]
	return word
}

// text returns a string.
func (r *jsonReader) text() string {
	if !r.take('"') {
		return ""
	}
	end := strings.IndexByte(r.rest, '"')
	if end < 0 {
		r.fail("want the end of a string")
		return ""
	}
	text := r.rest[:end]
	r.rest = r.rest[end+1:]
	if strings.IndexByte(text, '\\') >= 0 {
		r.fail("escapes are not supported")
	}
	return text
}
