package format

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	errHostCharacter = errors.New("only letters, digits, hyphens and dots are allowed")
	errSurroundings  = errors.New("it has a character that is not allowed in this position")
	errLabelLength   = errors.New("each part between dots must have 1 to 63 characters")
)

// hostname checks a name by RFC 1123, section 2.1, which allows no dot at the end.
func hostname(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return errHostCharacter
	}
	return idnHostname(text)
}

// idnDots are the dots that IDNA 2003 treats as full stops (RFC 3490, section 3.1).
var idnDots = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

// idnHostname checks a name by RFC 5890, section 2.3.2.3, with the exceptions listed in
// the package comment.
func idnHostname(text string) error {
	text = idnDots.Replace(text)
	if text == "" || utf8.RuneCountInString(text) > 253 {
		return errors.New("a host name must have 1 to 253 characters")
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || utf8.RuneCountInString(label) > longestLabel {
			return errLabelLength
		}
		if label[0] == '-' || label[len(label)-1] == '-' {
			return errors.New("no part may begin or end with a hyphen")
		}
		if err := hostLabel(strings.ToLower(label)); err != nil {
			return err
		}
	}
	return nil
}

const longestLabel = 63

// hostLabel checks a part of a host name: ASCII, ASCII that encodes other characters
// (Punycode), or other characters.
func hostLabel(label string) error {
	if coded, is := strings.CutPrefix(label, "xn--"); is {
		plain, ok := punyDecode(coded)
		if !ok || ascii(plain) || punyEncode(plain) != coded {
			return errors.New("the text after xn-- is not valid Punycode")
		}
		return hostCharacters(plain)
	}
	plain := []rune(label)
	if !ascii(plain) && len("xn--")+len(punyEncode(plain)) > longestLabel {
		return errLabelLength
	}
	return hostCharacters(plain)
}

func ascii(label []rune) bool { return slices.Max(label) <= unicode.MaxASCII }

func hostCharacters(label []rune) error {
	if !ascii(label) && len(label) > 3 && label[2] == '-' && label[3] == '-' {
		return errors.New("no part may have hyphens as its third and fourth characters")
	}
	if unicode.IsMark(label[0]) {
		return errors.New("no part may begin with a combining mark")
	}
	if among(label, 0x0660, 0x0669) && among(label, 0x06f0, 0x06f9) {
		return errSurroundings // the two sorts of Arabic digits do not mix
	}
	for i, r := range label {
		rule := hostContexts[r]
		switch allowed, ruled := hostExceptions[r]; {
		case ruled && allowed:
		case rule != nil && !rule(label, i):
			return errSurroundings
		case ruled, rule == nil && r != '-' && !unicode.In(r, unicode.L, unicode.Nd, unicode.M):
			return errHostCharacter
		}
	}
	return nil
}

// hostExceptions are the characters that RFC 5892, section 2.6, allows or forbids
// regardless of their category.
var hostExceptions = map[rune]bool{
	0x00df: true, 0x03c2: true, 0x06fd: true, 0x06fe: true, 0x0f0b: true, 0x3007: true,
	0x0640: false, 0x07fa: false, 0x302e: false, 0x302f: false, 0x3031: false, 0x3032: false, 0x3033: false, 0x3034: false, 0x3035: false, 0x303b: false,
}

// hostContexts are the characters whose surroundings decide (RFC 5892, appendix A). A
// joiner is allowed after any mark; the virama is a mark.
var hostContexts = map[rune]func(label []rune, i int) bool{
	0x200c: func(l []rune, i int) bool {
		return isAt(l, i-1, unicode.M) || isAt(l, i-1, unicode.Arabic, unicode.Syriac) && isAt(l, i+1, unicode.Arabic, unicode.Syriac)
	},
	0x200d: func(l []rune, i int) bool { return isAt(l, i-1, unicode.M) },
	0x00b7: func(l []rune, i int) bool { return i > 0 && i+1 < len(l) && l[i-1] == 'l' && l[i+1] == 'l' },
	0x0375: func(l []rune, i int) bool { return isAt(l, i+1, unicode.Greek) },
	0x05f3: func(l []rune, i int) bool { return isAt(l, i-1, unicode.Hebrew) },
	0x05f4: func(l []rune, i int) bool { return isAt(l, i-1, unicode.Hebrew) },
	0x30fb: func(l []rune, _ int) bool {
		return strings.ContainsFunc(string(l), func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) })
	},
}

func among(label []rune, from, to rune) bool {
	return strings.ContainsFunc(string(label), func(r rune) bool { return from <= r && r <= to })
}

// isAt reports whether label[i] exists and is of one of the kinds.
func isAt(label []rune, i int, kinds ...*unicode.RangeTable) bool {
	return i >= 0 && i < len(label) && unicode.In(label[i], kinds...)
}
