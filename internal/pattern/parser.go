package pattern

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A parser reads a source and rewrites it, character by character and class by class,
// so that all engines read the result alike.
type parser struct {
	src      string
	pos      int
	out      strings.Builder
	foreign  string
	backward bool // the text is for regexp2, or has to be
	dotAll   bool // a dot is any character, as in (?s:…)
	depth    int
	groups   int // the number of groups
	names    map[string]int
}

const (
	maxGroups  = 1000
	maxNested  = 200
	maxRepeats = 1_000_000
)

// A fault ends the parsing; translate returns it.
type fault struct {
	at   int // in bytes
	text string
}

func (p *parser) fail(at int, format string, args ...any) {
	panic(fault{at, fmt.Sprintf(format, args...)})
}

func (p *parser) translate() (text string, err error) {
	defer func() {
		switch f := recover().(type) {
		case nil:
		case fault:
			at := utf8.RuneCountInString(p.src[:min(f.at, len(p.src))]) + 1
			err = fmt.Errorf("at character %d: %s", at, f.text)
		default:
			panic(f)
		}
	}()
	p.countGroups()
	p.leadingFlags()
	p.alternatives()
	if !p.end() {
		p.fail(p.pos, `) closes no group; write \) for the character`)
	}
	return p.out.String(), nil
}

// countGroups finds the groups in advance, since references may lead forward.
func (p *parser) countGroups() {
	p.names = map[string]int{}
	inClass := false
	for i := 0; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		case c == '(' && !inClass:
			name := groupName(p.src[i+1:])
			if p.names[name] > 0 {
				p.fail(i, "the group name %s is used twice", name)
			}
			if name != "" || !strings.HasPrefix(p.src[i+1:], "?") {
				p.groups++
			}
			if name != "" {
				p.names[name] = p.groups
			}
		}
	}
	if p.groups > maxGroups {
		p.fail(0, "more than %d groups", maxGroups)
	}
}

var groupNameShape = regexp.MustCompile(`^\?P?<([\pL_$][\pL\p{Nd}_$]*)>`)

// groupName returns the name of the group whose parenthesis precedes rest, or "".
func groupName(rest string) string {
	if m := groupNameShape.FindStringSubmatch(rest); m != nil {
		return m[1]
	}
	return ""
}

func (p *parser) rest() string        { return p.src[p.pos:] }
func (p *parser) at(text string) bool { return strings.HasPrefix(p.rest(), text) }
func (p *parser) end() bool           { return p.pos >= len(p.src) }

func (p *parser) take(text string) bool {
	if p.at(text) {
		p.pos += len(text)
		return true
	}
	return false
}

// enclosed reads a text between open and shut, if it comes next.
func (p *parser) enclosed(open, shut string) (text string, ok bool) {
	text, _, ok = strings.Cut(strings.TrimPrefix(p.rest(), open), shut)
	return text, ok && p.take(open+text+shut)
}

func (p *parser) next() rune {
	c, size := utf8.DecodeRuneInString(p.rest())
	p.pos += size
	return c
}

// write bounds the output: character properties could make it grow out of proportion.
func (p *parser) write(text string) {
	p.out.WriteString(text)
	if p.out.Len() > maxSource {
		p.fail(p.pos, "it is too large to compile")
	}
}

// set writes a class, or a single character as itself.
func (p *parser) set(s set, not bool) {
	if len(s) == 2 && s[0] == s[1] && !not && utf8.ValidRune(s[0]) {
		p.write(regexp.QuoteMeta(string(s[0])))
		return
	}
	p.write(s.text(not))
}

// leadingFlags reads (?i) at the start. ECMA-262 forbids it; other dialects apply it to
// the whole.
func (p *parser) leadingFlags() {
	rest, ok := strings.CutPrefix(p.src, "(?")
	flags, _, closed := strings.Cut(rest, ")")
	if !ok || !closed || flags == "" || strings.Trim(flags, "is") != "" {
		return
	}
	p.foreign = "(?" + flags + ")"
	p.pos = len(p.foreign)
	p.dotAll = strings.Contains(flags, "s")
	if strings.Contains(flags, "i") {
		p.write("(?i)")
	}
}

func (p *parser) alternatives() {
	if p.depth++; p.depth > maxNested {
		p.fail(p.pos, "groups are nested more than %d levels deep", maxNested)
	}
	for !p.end() && !p.at(")") {
		if p.take("|") {
			p.write("|")
			continue
		}
		start := p.pos
		if repeatable := p.atom(); repeatable {
			p.repeat()
		} else if at := p.pos; p.readRepeat() {
			p.fail(at, "%s repeats %s, which cannot be repeated", p.src[at:p.pos], p.src[start:at])
		}
	}
	p.depth--
}

// atom reads what a repeat may follow, or an assertion, which cannot be repeated.
func (p *parser) atom() (repeatable bool) {
	start := p.pos
	if p.readRepeat() {
		p.fail(start, "%s has nothing to repeat", p.src[start:p.pos])
	}
	switch c := p.next(); c {
	case '^':
		p.write(`\A`)
		return false
	case '$':
		p.write(`\z`)
		return false
	case '(':
		return p.group(start)
	case '[':
		p.class(start)
	case '.':
		if p.dotAll {
			p.set(set{0, unicode.MaxRune}, false)
		} else {
			p.set(newline, true)
		}
	case '\\':
		return p.escape(start)
	default:
		p.set(set{c, c}, false)
	}
	return true
}

// repeat reads the repeat of an atom, if there is one, and writes it.
func (p *parser) repeat() {
	start := p.pos
	if !p.readRepeat() {
		return
	}
	p.take("?")
	p.write(p.src[start:p.pos])
	switch again := p.pos; {
	case p.at("+"):
		p.fail(again, "possessive repeats such as a++ are not in ECMA-262")
	case p.readRepeat():
		p.fail(again, "%s repeats a repeat; put the inner one in (?:…)", p.src[again:p.pos])
	}
}

// readRepeat reads a repeat. Braces that form none are characters.
func (p *parser) readRepeat() bool {
	if p.take("*") || p.take("+") || p.take("?") {
		return true
	}
	inner, _, closed := strings.Cut(strings.TrimPrefix(p.rest(), "{"), "}")
	least, most, _ := strings.Cut(inner, ",")
	if !p.at("{") || !closed || !isDigits(least) || most != "" && !isDigits(most) {
		return false
	}
	from, to := p.count(least), p.count(most)
	if most != "" && from > to {
		p.fail(p.pos, "the repeat {%s} has a minimum above its maximum", inner)
	}
	p.pos += len(inner) + len("{}")
	return true
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func (p *parser) count(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > maxRepeats {
		p.fail(p.pos, "the repeat count %s is above the limit %d", text, maxRepeats)
	}
	return n
}

// group reads a group or an assertion after its parenthesis.
func (p *parser) group(start int) (repeatable bool) {
	repeatable = true
	dotAll := p.dotAll
	name := groupName(p.rest())
	switch {
	case name != "":
		if p.take("?P<") {
			p.foreign = "(?P<…>"
		} else {
			p.take("?<")
		}
		p.take(name + ">")
		p.write("(")
	case p.take("?:"):
		p.write("(?:")
	case p.at("?=") || p.at("?!") || p.at("?<=") || p.at("?<!"):
		length := strings.IndexAny(p.rest(), "=!") + 1
		p.write("(" + p.rest()[:length])
		p.pos += length
		p.backward = true
		repeatable = false
	case p.at("?"):
		p.modifiers(start)
	default:
		p.write("(")
	}
	p.alternatives()
	if !p.take(")") {
		p.fail(start, "( is not closed")
	}
	p.write(")")
	p.dotAll = dotAll
	return repeatable
}

// modifiers reads (?i:, (?s: and (?-i: after the parenthesis.
func (p *parser) modifiers(start int) {
	text, _, colon := strings.Cut(strings.TrimPrefix(p.rest(), "?"), ":")
	on, off, _ := strings.Cut(text, "-")
	if !colon || text == "" || strings.Trim(on, "is") != "" || strings.Trim(off, "is") != "" {
		p.fail(start, "%.3s begins a group that is not in ECMA-262", p.src[start:])
	}
	p.pos += len("?:") + len(text)
	if strings.Contains(text, "s") {
		p.dotAll = strings.Contains(on, "s")
	}
	flag := ""
	if strings.Contains(on, "i") {
		flag = "i"
	} else if strings.Contains(off, "i") {
		flag = "-i"
	}
	p.write("(?" + flag + ":")
}
