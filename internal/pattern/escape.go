package pattern

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// boundaries are the boundaries as written for regexp2, whose own ones depend on
// Unicode.
var boundaries = map[string]string{
	`\b`: `(?:(?<=[0-9A-Z_a-z])(?![0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?=[0-9A-Z_a-z]))`,
	`\B`: `(?:(?<=[0-9A-Z_a-z])(?=[0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?![0-9A-Z_a-z]))`,
}

// escape reads the text after a backslash outside classes.
func (p *parser) escape(start int) (repeatable bool) {
	switch {
	case p.take("b") || p.take("B"):
		text := p.src[start:p.pos]
		if p.backward {
			text = boundaries[text]
		}
		p.write(text)
		return false
	case p.take("A") || p.take("z"):
		p.foreign = p.src[start:p.pos]
		p.write(p.foreign)
		return false
	case !p.end() && '1' <= p.src[p.pos] && p.src[p.pos] <= '9':
		p.reference(start)
	case p.take("k"):
		p.namedReference(start)
	default:
		s, not := p.characters(start)
		p.set(s, not)
	}
	return true
}

func (p *parser) reference(start int) {
	p.pos = len(p.src) - len(strings.TrimLeft(p.rest(), "0123456789"))
	n, err := strconv.Atoi(p.src[start+1 : p.pos])
	if err != nil || n > p.groups {
		p.fail(start, "%s refers to a group that does not exist", p.src[start:p.pos])
	}
	p.refer(n)
}

func (p *parser) namedReference(start int) {
	name, ok := p.enclosed("<", ">")
	if !ok {
		p.fail(start, `\k must be followed by a group name, as in \k<name>`)
	}
	n, ok := p.names[name]
	if !ok {
		p.fail(start, `\k<%s> refers to a group that does not exist`, name)
	}
	p.refer(n)
}

// refer writes a reference in a group of its own, because a digit may follow.
func (p *parser) refer(n int) {
	p.backward = true
	p.write(`(?:\` + strconv.Itoa(n) + ")")
}

// controls are the escapes of single characters.
var controls = map[rune]rune{'t': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r'}

// classes are the escapes of classes; in upper case they mean the complement.
var classes = map[rune]set{'d': digits, 'w': word, 's': space}

// characters reads an escape for characters, in or outside classes. not reports that it
// means all others.
func (p *parser) characters(start int) (s set, not bool) {
	if p.end() {
		p.fail(start, `nothing follows \; write \\ for a backslash`)
	}
	c := p.next()
	if control, ok := controls[c]; ok {
		return set{control, control}, false
	}
	if class, ok := classes[unicode.ToLower(c)]; ok {
		return class, unicode.IsUpper(c)
	}
	if c == 'p' || c == 'P' {
		return p.property(start), c == 'P'
	}
	c = p.character(start, c)
	return set{c, c}, false
}

func (p *parser) property(start int) set {
	name, ok := p.enclosed("{", "}")
	if !ok {
		p.fail(start, `%s must be followed by a property in braces, as in \p{L}`, p.src[start:p.pos])
	}
	s := property(name)
	if s == nil {
		p.fail(start, "%s is not a known character property", p.src[start:p.pos])
	}
	return s
}

// character reads an escape that begins with c and means one character.
func (p *parser) character(start int, c rune) rune {
	switch {
	case c == '0':
		if !p.end() && unicode.IsDigit(rune(p.src[p.pos])) {
			p.fail(start, `the octal escape %s is not allowed; write \u{…}`, p.src[start:p.pos+1])
		}
		return 0
	case c == 'c':
		if p.end() || !isASCIILetter(p.src[p.pos]) {
			p.fail(start, `\c must be followed by a letter`)
		}
		return p.next() % 32
	case c == 'x':
		return p.hex(start, 2)
	case c == 'u':
		return p.codePoint(start)
	case c < unicode.MaxASCII && (isASCIILetter(byte(c)) || unicode.IsDigit(c)):
		p.fail(start, `\%c is not an escape of ECMA-262%s`, c, substitute[c])
	}
	return c
}

// substitute holds what to write instead of the escapes of other dialects.
var substitute = map[rune]string{
	'Z': "; write $ for the end", 'h': `; write [ \t]`, 'a': `; write \x07`, 'e': `; write \x1B`, 'R': `; write \r?\n`,
	'Q': "; escape each character", 'E': "; escape each character",
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func (p *parser) hex(start, digits int) rune {
	if len(p.rest()) >= digits {
		if n, err := strconv.ParseUint(p.rest()[:digits], 16, 32); err == nil {
			p.pos += digits
			return rune(n)
		}
	}
	p.fail(start, "%s must be followed by %d hexadecimal digits", p.src[start:p.pos], digits)
	return 0
}

// codePoint reads \u{…}, \uXXXX, or two halves of a surrogate pair.
func (p *parser) codePoint(start int) rune {
	if p.at("{") {
		digits, ok := p.enclosed("{", "}")
		n, err := strconv.ParseUint(digits, 16, 64)
		if !ok || err != nil || n > unicode.MaxRune {
			p.fail(start, `\u{…} must hold the number of a character`)
		}
		return rune(n)
	}
	high := p.hex(start, 4)
	if !utf16.IsSurrogate(high) || !p.at(`\u`) || p.at(`\u{`) {
		return high
	}
	after := p.pos
	p.pos += len(`\u`)
	if pair := utf16.DecodeRune(high, p.hex(after, 4)); pair != unicode.ReplacementChar {
		return pair
	}
	p.pos = after
	return high
}

// class reads a class after its bracket and writes it.
func (p *parser) class(start int) {
	not := p.take("^")
	var all set
	for !p.take("]") {
		if p.end() {
			p.fail(start, "[ is not closed")
		}
		all = append(all, p.classItem()...)
		if len(all) > maxSource {
			p.fail(start, "it is too large to compile")
		}
	}
	p.set(all, not)
}

// classItem reads a character, a range, or an escape for several characters. A hyphen
// that makes no range is a character.
func (p *parser) classItem() set {
	start := p.pos
	s, single := p.classAtom()
	if !single || !p.at("-") || p.at("-]") {
		return s
	}
	p.pos++
	if p.end() {
		return s // the caller reports the missing bracket
	}
	last, single := p.classAtom()
	if !single {
		return append(append(set{'-', '-'}, s...), last...)
	}
	if last[0] < s[0] {
		p.fail(start, "the range %s is out of order", p.src[start:p.pos])
	}
	return set{s[0], last[0]}
}

func (p *parser) classAtom() (s set, single bool) {
	start := p.pos
	switch {
	case p.at("[:"):
		if name, _, ok := strings.Cut(p.rest()[2:], ":]"); ok && posix[name] != nil {
			p.pos += len(name) + len("[::]")
			p.foreign = p.src[start:p.pos]
			return posix[name], false
		}
	case p.take(`\b`):
		return set{'\b', '\b'}, true
	case p.take(`\`):
		s, not := p.characters(start)
		single = len(s) == 2 && s[0] == s[1]
		if not {
			s = s.others()
		}
		return s, single && !not
	}
	c := p.next()
	return set{c, c}, true
}
