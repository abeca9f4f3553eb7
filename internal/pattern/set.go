package pattern

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// A set is a set of characters as ranges: first, last, first, last.
type set []rune

var (
	digits  = set{'0', '9'}
	word    = set{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	newline = set{'\n', '\n', '\r', '\r', '\u2028', '\u2029'}
	// space is WhiteSpace and LineTerminator of ECMA-262.
	space = set{
		'\t', '\r', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A,
		0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF,
	}
)

// others returns every character that is not in s, in order.
func (s set) others() set {
	var out set
	next := rune(0)
	for _, r := range slices.SortedFunc(slices.Chunk(s, 2), slices.Compare) {
		if r[0] > next {
			out = append(out, next, r[0]-1)
		}
		next = max(next, r[1]+1)
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// text returns s as a class, or with not its complement. With a flag that ignores case
// the two differ from each other's written complement.
func (s set) text(not bool) string {
	// Without surrogates, which no text contains and no engine reads.
	sorted := append(s.others(), 0xD800, 0xDFFF).others()
	if len(sorted) == 0 { // engines reject an empty class
		sorted, not = set{0, unicode.MaxRune}, !not
	}
	var b strings.Builder
	b.WriteByte('[')
	if not {
		b.WriteByte('^')
	}
	for r := range slices.Chunk(sorted, 2) {
		writeInClass(&b, r[0])
		if r[1] > r[0] {
			b.WriteByte('-')
			writeInClass(&b, r[1])
		}
	}
	b.WriteByte(']')
	return b.String()
}

func writeInClass(b *strings.Builder, c rune) {
	if strings.ContainsRune(`\]^[-`, c) {
		b.WriteByte('\\')
	}
	b.WriteRune(c)
}

// tables returns the characters in tables of Unicode.
func tables(ts ...*unicode.RangeTable) set {
	var s set
	add := func(first, last, stride rune) {
		for ; stride > 1 && first < last; first += stride {
			s = append(s, first, first)
		}
		s = append(s, first, last)
	}
	for _, t := range ts {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return s
}

// shortScripts are the short names of the scripts that schemas use most.
var shortScripts = map[string]string{
	"Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Cyrl": "Cyrillic", "Deva": "Devanagari", "Geor": "Georgian",
	"Grek": "Greek", "Hang": "Hangul", "Hani": "Han", "Hebr": "Hebrew", "Hira": "Hiragana", "Kana": "Katakana",
	"Latn": "Latin", "Thai": "Thai", "Zinh": "Inherited", "Zyyy": "Common",
}

// property returns the characters with the property \p{name}, or nil if it is unknown.
func property(name string) set {
	key, value, keyed := strings.Cut(name, "=")
	var t *unicode.RangeTable
	switch {
	case !keyed:
		if t = category(name); t == nil {
			return binary(name)
		}
	case key == "gc" || key == "General_Category":
		t = category(value)
	case key == "sc" || key == "Script":
		t = unicode.Scripts[cmp.Or(shortScripts[value], value)]
	}
	if t == nil {
		return nil
	}
	return tables(t)
}

func category(name string) *unicode.RangeTable {
	return unicode.Categories[cmp.Or(unicode.CategoryAliases[name], name)]
}

// shortProperties are the short names of binary properties.
var shortProperties = map[string]string{
	"Alpha": "Alphabetic", "Lower": "Lowercase", "Upper": "Uppercase", "IDS": "ID_Start", "IDC": "ID_Continue", "space": "White_Space",
}

// binary returns the characters with a binary property. Those that Unicode derives from
// others are computed here.
func binary(name string) set {
	p := unicode.Properties
	switch name = cmp.Or(shortProperties[name], name); name {
	case "Any":
		return set{0, unicode.MaxRune}
	case "ASCII":
		return set{0, unicode.MaxASCII}
	case "Assigned":
		return tables(slices.Collect(maps.Values(unicode.Categories))...)
	case "Alphabetic":
		return tables(unicode.L, unicode.Nl, p["Other_Alphabetic"])
	case "Lowercase":
		return tables(unicode.Ll, p["Other_Lowercase"])
	case "Uppercase":
		return tables(unicode.Lu, p["Other_Uppercase"])
	case "Math":
		return tables(unicode.Sm, p["Other_Math"])
	case "ID_Start":
		return tables(unicode.L, unicode.Nl, p["Other_ID_Start"])
	case "ID_Continue":
		return tables(unicode.L, unicode.Nl, p["Other_ID_Start"], unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, p["Other_ID_Continue"])
	}
	if t, ok := p[name]; ok && !strings.HasPrefix(name, "Other_") {
		return tables(t)
	}
	return nil
}

// posix are the classes of POSIX, written [[:name:]].
var posix = map[string]set{
	"alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "alpha": {'A', 'Z', 'a', 'z'}, "ascii": {0, 0x7F}, "blank": {'\t', '\t', ' ', ' '},
	"cntrl": {0, 0x1F, 0x7F, 0x7F}, "digit": digits, "graph": {'!', '~'}, "lower": {'a', 'z'}, "print": {' ', '~'},
	"punct": {'!', '/', ':', '@', '[', '`', '{', '~'}, "space": {'\t', '\r', ' ', ' '}, "upper": {'A', 'Z'},
	"word": word, "xdigit": {'0', '9', 'A', 'F', 'a', 'f'},
}
