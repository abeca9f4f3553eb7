package pattern

import (
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
	// WhiteSpace and LineTerminator of ECMA-262.
	space = set{
		'\t', '\r', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A,
		0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF,
	}
)

// sorted is s in order, without overlaps.
func (s set) sorted() set {
	type span struct{ first, last rune }
	spans := make([]span, 0, len(s)/2)
	for i := 0; i < len(s); i += 2 {
		spans = append(spans, span{s[i], s[i+1]})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.first - b.first) })
	var out set
	for _, x := range spans {
		if n := len(out); n > 0 && x.first <= out[n-1]+1 {
			out[n-1] = max(out[n-1], x.last)
			continue
		}
		out = append(out, x.first, x.last)
	}
	return out
}

// others is every character that is not in s.
func (s set) others() set {
	var out set
	next := rune(0)
	sorted := s.sorted()
	for i := 0; i < len(sorted); i += 2 {
		if sorted[i] > next {
			out = append(out, next, sorted[i]-1)
		}
		next = sorted[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// text is s as a class; not is its complement. Under a flag that ignores case the
// two are not each other's complement written out.
func (s set) text(not bool) string {
	sorted := s.withoutSurrogates().sorted()
	if len(sorted) == 0 { // a class without characters is no syntax of the engines
		sorted, not = set{0, unicode.MaxRune}, !not
	}
	var b strings.Builder
	b.WriteByte('[')
	if not {
		b.WriteByte('^')
	}
	for i := 0; i < len(sorted); i += 2 {
		writeInClass(&b, sorted[i])
		if sorted[i+1] > sorted[i] {
			b.WriteByte('-')
			writeInClass(&b, sorted[i+1])
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

// withoutSurrogates is s without the halves of surrogate pairs, which no text
// contains and no engine reads.
func (s set) withoutSurrogates() set {
	var out set
	for i := 0; i < len(s); i += 2 {
		first, last := s[i], s[i+1]
		if first < 0xD800 {
			out = append(out, first, min(last, 0xD7FF))
		}
		if last > 0xDFFF {
			out = append(out, max(first, 0xE000), last)
		}
	}
	return out
}

func table(t *unicode.RangeTable) set {
	var s set
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			s = append(s, lo, hi)
			return
		}
		for c := lo; c <= hi; c += stride {
			s = append(s, c, c)
		}
	}
	for _, r := range t.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range t.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return s
}

func tables(ts ...*unicode.RangeTable) set {
	var s set
	for _, t := range ts {
		s = append(s, table(t)...)
	}
	return s
}

// shortScripts are the short names of the scripts that schemas use most.
var shortScripts = map[string]string{
	"Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Cyrl": "Cyrillic", "Deva": "Devanagari", "Geor": "Georgian",
	"Grek": "Greek", "Hang": "Hangul", "Hani": "Han", "Hebr": "Hebrew", "Hira": "Hiragana", "Kana": "Katakana",
	"Latn": "Latin", "Thai": "Thai", "Zinh": "Inherited", "Zyyy": "Common",
}

// property is the characters with a property, as \p{name} names it.
func property(name string) (set, bool) {
	if key, value, ok := strings.Cut(name, "="); ok {
		switch key {
		case "gc", "General_Category":
			return category(value)
		case "sc", "Script":
			if long, short := shortScripts[value]; short {
				value = long
			}
			t, ok := unicode.Scripts[value]
			return tables(t), ok
		}
		return nil, false
	}
	if s, ok := category(name); ok {
		return s, true
	}
	return binary(name)
}

func category(name string) (set, bool) {
	if short, ok := unicode.CategoryAliases[name]; ok {
		name = short
	}
	t, ok := unicode.Categories[name]
	if !ok {
		return nil, false
	}
	return table(t), true
}

// binary is the characters with a property that is there or not. Those that
// Unicode derives from others are put together here.
func binary(name string) (set, bool) {
	p := unicode.Properties
	switch name {
	case "Any":
		return set{0, unicode.MaxRune}, true
	case "ASCII":
		return set{0, unicode.MaxASCII}, true
	case "Assigned":
		return tables(slices.Collect(maps.Values(unicode.Categories))...), true
	case "Alphabetic", "Alpha":
		return tables(unicode.L, unicode.Nl, p["Other_Alphabetic"]), true
	case "Lowercase", "Lower":
		return tables(unicode.Ll, p["Other_Lowercase"]), true
	case "Uppercase", "Upper":
		return tables(unicode.Lu, p["Other_Uppercase"]), true
	case "Math":
		return tables(unicode.Sm, p["Other_Math"]), true
	case "ID_Start", "IDS":
		return tables(unicode.L, unicode.Nl, p["Other_ID_Start"]), true
	case "ID_Continue", "IDC":
		return tables(unicode.L, unicode.Nl, p["Other_ID_Start"], unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, p["Other_ID_Continue"]), true
	case "space":
		name = "White_Space"
	}
	t, ok := p[name]
	if !ok || strings.HasPrefix(name, "Other_") {
		return nil, false
	}
	return table(t), true
}

// posix are the classes of POSIX, as [[:name:]] writes them.
var posix = map[string]set{
	"alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "alpha": {'A', 'Z', 'a', 'z'}, "ascii": {0, 0x7F}, "blank": {'\t', '\t', ' ', ' '},
	"cntrl": {0, 0x1F, 0x7F, 0x7F}, "digit": digits, "graph": {'!', '~'}, "lower": {'a', 'z'}, "print": {' ', '~'},
	"punct": {'!', '/', ':', '@', '[', '`', '{', '~'}, "space": {'\t', '\r', ' ', ' '}, "upper": {'A', 'Z'},
	"word": word, "xdigit": {'0', '9', 'A', 'F', 'a', 'f'},
}
