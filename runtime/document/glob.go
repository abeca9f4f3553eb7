package document

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A KeyGlob is a part of a pattern that matches keys of a form, such as pool_*.
type KeyGlob struct {
	text string
	keys *regexp.Regexp
}

// Match reports whether the glob matches key.
func (g *KeyGlob) Match(key string) bool { return g.keys.MatchString(key) }

// String returns the glob as [ParsePattern] reads it.
func (g *KeyGlob) String() string { return g.text }

// maxGlob is the maximum length of a glob in bytes.
const maxGlob = 1000

// nextGlob reads the key or glob at the start of text, up to the next step. g is nil
// for a key without wildcards, which the caller reads.
func nextGlob(text string) (g *KeyGlob, after string, err error) {
	r := globReader{rest: text}
	if err := r.read(); err != nil {
		return nil, "", err
	}
	word := text[:len(text)-len(r.rest)]
	switch {
	case !r.wild:
		return nil, r.rest, nil
	case r.odd != "":
		return nil, "", fmt.Errorf(`%s in a glob must be written as \%s`, Quote(r.odd), r.odd)
	case len(word) > maxGlob:
		return nil, "", fmt.Errorf("%s is longer than %d bytes", Quote(word), maxGlob)
	}
	keys, err := regexp.Compile(`(?s)\A(?:` + r.keys.String() + `)\z`)
	if err != nil {
		return nil, "", fmt.Errorf("%s is too large", Quote(word))
	}
	return &KeyGlob{word, keys}, r.rest, nil
}

// A globReader translates a glob into a regular expression, which matches in linear
// time.
type globReader struct {
	rest string
	keys strings.Builder
	wild bool   // there is a wildcard
	open int    // braces that are not closed yet
	odd  string // a character that must be in brackets or after a backslash
}

func (r *globReader) read() error {
	for r.rest != "" && r.rest[0] != '.' && !beginsStep(r.rest) {
		if err := r.next(); err != nil {
			return err
		}
	}
	if r.open > 0 {
		return errors.New("a { is not closed")
	}
	return nil
}

// beginsStep reports whether text begins with an index, [*] or a key in quotes, rather
// than a class of characters.
func beginsStep(text string) bool {
	if strings.HasPrefix(text, "[*]") || strings.HasPrefix(text, `["`) {
		return true
	}
	inside, _, _ := strings.Cut(strings.TrimPrefix(text, "["), "]")
	return text[0] == '[' && strings.Trim(inside, "0123456789") == ""
}

func (r *globReader) next() error {
	c, size := utf8.DecodeRuneInString(r.rest)
	switch {
	case strings.HasPrefix(r.rest, "**"), strings.HasPrefix(r.rest, "[**]"):
		return errors.New("** must stand alone")
	case c == '[':
		return r.class()
	case c == '\\':
		return r.literal(1)
	case c == '*':
		r.special(`.*`)
	case c == '?':
		r.special(`.`)
	case c == '{':
		r.open++
		r.special(`(?:`)
	case c == ',' && r.open > 0:
		r.special(`|`)
	case c == '}' && r.open > 0:
		r.open--
		r.special(`)`)
	case c == '}':
		return errors.New("a } has no {")
	default:
		if !plainKey(r.rest[:size]) {
			r.odd = r.rest[:size]
		}
		return r.literal(0)
	}
	return nil
}

func (r *globReader) special(expr string) {
	r.wild = true
	r.keys.WriteString(expr)
	r.rest = r.rest[1:]
}

// literal reads one character that matches itself, after skip bytes.
func (r *globReader) literal(skip int) error {
	c, rest, err := globChar(r.rest, skip)
	if err != nil {
		return err
	}
	r.wild = r.wild || skip > 0
	r.keys.WriteString(regexp.QuoteMeta(c))
	r.rest = rest
	return nil
}

func globChar(text string, skip int) (c, rest string, err error) {
	text = text[skip:]
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size <= 1 {
		return "", "", errors.New("a character is missing or invalid")
	}
	return text[:size], text[size:], nil
}

// class reads [ds], [a-z] or [^a-z]. A backslash makes the next character literal.
func (r *globReader) class() error {
	rest, negated := strings.CutPrefix(r.rest[1:], "^")
	expr := "["
	if negated {
		expr = "[^"
	}
	for n := 0; ; n++ {
		if n > 0 && strings.HasPrefix(rest, "]") {
			r.special(expr + "]")
			r.rest = rest[1:]
			return nil
		}
		low, after, err := classChar(rest)
		if err != nil {
			return err
		}
		high := low
		if upTo, isRange := strings.CutPrefix(after, "-"); isRange {
			if high, after, err = classChar(upTo); err != nil {
				return err
			}
		}
		if low > high {
			return fmt.Errorf("the range %c-%c is empty", low, high)
		}
		expr += fmt.Sprintf(`\x{%x}-\x{%x}`, low, high)
		rest = after
	}
}

func classChar(text string) (c rune, rest string, err error) {
	if text == "" {
		return 0, "", errors.New("a [ is not closed")
	}
	if text[0] == '-' || text[0] == ']' {
		return 0, "", fmt.Errorf(`%q in [ ] must be written as \%[1]c`, text[0])
	}
	skip := 0
	if text[0] == '\\' {
		skip = 1
	}
	s, rest, err := globChar(text, skip)
	if err != nil {
		return 0, "", err
	}
	c, _ = utf8.DecodeRuneInString(s)
	return c, rest, nil
}
