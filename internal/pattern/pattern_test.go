package pattern_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/internal/ecma"
	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/suites"
)

// TestMatch: each construct has its meaning in the Unicode mode of ECMA-262, even if Go's
// regexp or the dialect of .NET reads it differently.
func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source  string
		yes, no []string
	}{
		{`a`, []string{"a", "bab"}, []string{"", "A"}},
		{``, []string{"", "x"}, nil},
		{`^a$`, []string{"a"}, []string{"a\n", "\na", "b\na\nb"}},
		{`^.$`, []string{"a", "é", "😀", "\x00", "\u0085"}, []string{"\n", "\r", "\u2028", "\u2029", "ab"}},
		{`^\s$`, []string{" ", "\t", "\v", "\f", "\u00a0", "\ufeff", "\u2029", "\u3000"}, []string{"a", "\u200b", "\u180e"}},
		{`^\S$`, []string{"a", "\u200b", "é"}, []string{" ", "\v", "\ufeff"}},
		{`^\d+$`, []string{"042"}, []string{"٤", "a"}},
		{`^\D$`, []string{"٤", "a"}, []string{"4"}},
		{`^\w+$`, []string{"aZ_9"}, []string{"é", "-"}},
		{`^\W$`, []string{"é", "-"}, []string{"a"}},
		{`\ba`, []string{"a", "-a", "éa"}, []string{"ba"}},
		{`\bé`, []string{"aé"}, []string{"é", "-é"}},
		{`(?=.)\bé`, []string{"aé"}, []string{"é", "-é"}},
		{`(?=.)\Bé`, []string{"é"}, []string{"aé"}},
		{`^(?=.*\d)\w{3,}$`, []string{"ab1"}, []string{"abc", "a1"}},
		{`^(?!foo$)`, []string{"bar", "food"}, []string{"foo"}},
		{`(?<=\$)\d`, []string{"$1"}, []string{"1"}},
		{`(?<!\$)\b\d`, []string{"1"}, []string{"$1"}},
		{`(?<=a+)b`, []string{"aab"}, []string{"b"}},
		{`^(['"]).*\1$`, []string{`"a"`, `'a'`}, []string{`"a'`}},
		{`^(?<q>['"]).*\k<q>$`, []string{`"a"`}, []string{`"a'`}},
		{`^(?:(a)|b)\1$`, []string{"aa", "b"}, []string{"ba"}},
		{`^\2(a)(b)$`, []string{"ab"}, []string{"bab"}},
		{`^(a)\u0031$`, []string{"a1"}, []string{"aa"}},
		{`^(a)\1{2}0$`, []string{"aaa0"}, []string{"aa0"}},
		{`^\cC\t\n\v\f\r\0$`, []string{"\x03\t\n\v\f\r\x00"}, []string{"cC"}},
		{`^\x41\u00e9\u{1F600}\uD83D\uDE00$`, []string{"Aé😀😀"}, nil},
		{`^[\uD83D\uDE00-\u{1F610}]$`, []string{"😅"}, []string{"a", "\ufffd"}},
		{`\uD83D`, nil, []string{"😀", "\ufffd"}},
		{`^[^\uD800-\uDFFF]$`, []string{"a", "😀"}, nil},
		{`^\-\_\/\@\#\ \"\é$`, []string{`-_/@# "é`}, nil},
		{`^[\w.-]+$`, []string{"a-b.c"}, []string{"a b"}},
		{`^[\w-.]+$`, []string{"a-b.c"}, []string{"a/b"}},
		{`^[a-z-9]+$`, []string{"a-9"}, []string{"5"}},
		{`^[]]`, nil, []string{"]", ""}},
		{`^[^]$`, []string{"\n", "😀"}, []string{"", "ab"}},
		{`^[^\s\d]$`, []string{"a"}, []string{"1", " "}},
		{`^[\S]$`, []string{"a"}, []string{"\ufeff"}},
		{`^[\b]$`, []string{"\b"}, []string{"b"}},
		{`^[\]\[^\\-]+$`, []string{`][^\-`}, []string{"a"}},
		{`^[a-z&&[^b]]$`, []string{"&]", "b]"}, []string{"a"}},
		{`^[a-c-[b]]$`, []string{"-]", "[]", "b]"}, []string{"a"}},
		{`^{a}$`, []string{"{a}"}, nil},
		{`^a{,2}$`, []string{"a{,2}"}, []string{"aa"}},
		{`^a{2}$`, []string{"aa"}, []string{"a"}},
		{`^a{2,}?$`, []string{"aaa"}, []string{"a"}},
		{`^a{1,2000}$`, []string{strings.Repeat("a", 2000)}, []string{strings.Repeat("a", 2001), ""}},
		{`^((ab){50}){50}$`, []string{strings.Repeat("ab", 2500)}, []string{strings.Repeat("ab", 2499)}},
		{`^\p{L}\p{Letter}\p{Lu}\P{N}\p{Script=Greek}\p{sc=Grek}$`, []string{"éaÄxαβ"}, []string{"éaÄ1αβ", "éaäxαβ"}},
		{`^[\p{digit}\p{Alphabetic}]+$`, []string{"٤aé"}, []string{"-"}},
		{`^\p{ASCII}\p{Any}\p{White_Space}$`, []string{"aé "}, []string{"éé "}},
		{`^(?i:straße)\d$`, []string{"STRAßE1"}, []string{"STRASSE1"}},
		{`^(?i:[^a])$`, []string{"b"}, []string{"a", "A"}},
		{`^(?s:.)(?-s:.)$`, []string{"\na"}, []string{"a\n"}},
		{`(?i)^a.$`, []string{"Ab"}, []string{"A\n"}},
		{`(?s)^a.$`, []string{"a\n"}, []string{"A\n"}},
		{`^(?P<x>[[:alpha:]]+)\z`, []string{"ab"}, []string{"a1"}},
		{`\Aa|b`, []string{"ac", "cb"}, []string{"ca"}},
		{`^a|b$`, []string{"ac", "cb"}, []string{"cac"}},
		{`^(|a)$`, []string{"", "a"}, []string{"b"}},
	} {
		p, err := ecma.Compile(c.source)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		check(t, p, c.source, c.yes, true)
		check(t, p, c.source, c.no, false)
	}
}

func check(t *testing.T, p *pattern.Pattern, source string, texts []string, want bool) {
	t.Helper()
	for _, text := range texts {
		if got, err := p.Match(text); err != nil || got != want {
			t.Errorf("%s matches %.20q: %v, %v", source, text, got, err)
		}
	}
}

// TestF046_Refused: what is not in ECMA-262 is refused at its position, with a
// replacement where one is known.
func TestF046_Refused(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`a++`:                         "at character 3: possessive repeats such as a++ are not in ECMA-262",
		`a*+`:                         "at character 3: possessive repeats such as a++ are not in ECMA-262",
		`a**`:                         "at character 3: * repeats a repeat; put the inner one in (?:…)",
		`a{2}{3}`:                     "at character 5: {3} repeats a repeat; put the inner one in (?:…)",
		`*a`:                          "at character 1: * has nothing to repeat",
		`a|{2}`:                       "at character 3: {2} has nothing to repeat",
		`^*`:                          "at character 2: * repeats ^, which cannot be repeated",
		`(?=a)*`:                      "at character 6: * repeats (?=a), which cannot be repeated",
		`(?>a)`:                       "at character 1: (?> begins a group that is not in ECMA-262",
		`a(?i)b`:                      "at character 2: (?i begins a group that is not in ECMA-262",
		`(?#a)`:                       "at character 1: (?# begins a group that is not in ECMA-262",
		`(?m:a)`:                      "at character 1: (?m begins a group that is not in ECMA-262",
		`(a`:                          "at character 1: ( is not closed",
		`é)`:                          `at character 2: ) closes no group; write \) for the character`,
		`[a`:                          "at character 1: [ is not closed",
		`[a-`:                         "at character 1: [ is not closed",
		`[b-a]`:                       "at character 2: the range b-a is out of order",
		`a{3,2}`:                      "at character 2: the repeat {3,2} has a minimum above its maximum",
		`a{9999999999}`:               "at character 2: the repeat count 9999999999 is above the limit 1000000",
		`a\Z`:                         `at character 2: \Z is not an escape of ECMA-262; write $ for the end`,
		`\Qa.b\E`:                     `at character 1: \Q is not an escape of ECMA-262; escape each character`,
		`\1`:                          `at character 1: \1 refers to a group that does not exist`,
		`(?<a>b)\k<c>`:                `at character 8: \k<c> refers to a group that does not exist`,
		`(?<a>b)(?<a>c)`:              "at character 8: the group name a is used twice",
		`\012`:                        `at character 1: the octal escape \01 is not allowed; write \u{…}`,
		`\x4`:                         `at character 1: \x must be followed by 2 hexadecimal digits`,
		`\u12`:                        `at character 1: \u must be followed by 4 hexadecimal digits`,
		`\u{110000}`:                  `at character 1: \u{…} must hold the number of a character`,
		`\c1`:                         `at character 1: \c must be followed by a letter`,
		`\pL`:                         `at character 1: \p must be followed by a property in braces, as in \p{L}`,
		`\p{Nonsense}`:                `at character 1: \p{Nonsense} is not a known character property`,
		`\p{sc=Nonsense}`:             `at character 1: \p{sc=Nonsense} is not a known character property`,
		`\u{41`:                       `at character 1: \u{…} must hold the number of a character`,
		`\`:                           `at character 1: nothing follows \; write \\ for a backslash`,
		strings.Repeat("(", 300):      "at character 201: groups are nested more than 200 levels deep",
		strings.Repeat(`\p{L}`, 9000): "", // each is thousands of characters written out
	} {
		_, err := ecma.Compile(source)
		if err == nil || want != "" && err.Error() != want {
			t.Errorf("%.20s:\n got %v\nwant %s", source, err, want)
		}
	}
}

// TestF047_Foreign: constructs of other dialects are reported, so that the generator can
// warn. Standard ones are not.
func TestF047_Foreign(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`(?i)a`: "(?i)", `(?P<a>b)`: "(?P<…>", `[[:alpha:]]`: "[:alpha:]", `a\z`: `\z`,
		`(?i:a)(?<b>c)(?=d)\s\/[^]$`: "",
	} {
		p, err := ecma.Compile(source)
		if err != nil || p.Foreign() != want {
			t.Errorf("%s: %v, %v", source, p, err)
		}
	}
}

// TestF049_Bounded: no expression and no text takes long: Go's regexp is linear, and its
// large programs and regexp2 are stopped in time.
func TestF049_Bounded(t *testing.T) {
	t.Parallel()
	many := func(text string, n int) string { return strings.Repeat(text, n) }
	for _, c := range []struct {
		name, source, text string
		within             time.Duration
		late               bool
	}{
		{"catastrophic elsewhere", `^(a+)+$`, many("a", 50_000) + "!", time.Minute, false},
		{"a large program", `(a|b|c|d){900}z`, many("abcd", 250_000), time.Minute, true},
		{"catastrophic", `^(?=(a+)+$)`, many("a", 5000) + "!", time.Minute, true},
		{"long text, read by the clock", `^a*$|^` + many("0123456789", 10) + `$`, many("a", 60_000), time.Minute, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := ecma.Compile(c.source)
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			_, err = p.Match(c.text)
			if took := time.Since(begun); took > c.within || errors.Is(err, pattern.ErrTime) != c.late {
				t.Errorf("%v after %v", err, took)
			}
		})
	}
}

// TestSuite: the tests of the public suite about the keyword pattern and ECMA-262 regular
// expressions.
func TestSuite(t *testing.T) {
	t.Parallel()
	suite := filepath.Join(suites.JSONSchema.Need(t), "tests")
	files, _ := filepath.Glob(suite + "/*/pattern.json")
	more, _ := filepath.Glob(suite + "/*/optional/ecmascript-regex.json")
	bmp, _ := filepath.Glob(suite + "/*/optional/non-bmp-regex.json")
	formats, _ := filepath.Glob(suite + "/*/optional/format/*regex.json")
	files = append(append(append(files, more...), bmp...), formats...)
	if len(files) == 0 {
		t.Fatal("no files in ", suite)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var groups []struct {
			Description string
			Schema      struct{ Pattern, Format string }
			Tests       []struct {
				Data  any
				Valid bool
			}
		}
		if err := json.Unmarshal(data, &groups); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			for _, test := range g.Tests {
				text, ok := test.Data.(string)
				if !ok || g.Schema.Pattern == "" && g.Schema.Format == "" {
					continue
				}
				if got := allowed(t, g.Schema.Pattern, text); got != test.Valid {
					t.Errorf("%s: %s: %q is %v", strings.TrimPrefix(file, suite), g.Description, text, got)
				}
			}
		}
	}
}

// allowed matches text, or, without a pattern, checks whether text is one.
func allowed(t *testing.T, source, text string) bool {
	if source == "" {
		p, err := ecma.Compile(text)
		return err == nil && p.Foreign() == ""
	}
	p, err := ecma.Compile(source)
	if err != nil {
		t.Errorf("%s: %v", source, err)
		return false
	}
	matched, err := p.Match(text)
	return matched && err == nil
}

// FuzzCompile: no source makes the parser panic, and one of the engines can always read
// its output.
func FuzzCompile(f *testing.F) {
	for _, source := range []string{`^(?=a)[\w-.]+\1{2,}?$`, `(?<a>\p{L}|[^])\k<a>`, `\u{1F600}\uD83D\uDE00\cA\x41`} {
		f.Add(source, "text")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if p, err := ecma.Compile(source); err == nil && len(source) < 50 && len(text) < 50 {
			_, _ = p.Match(text)
		} else if err != nil && strings.Contains(err.Error(), "cannot be compiled") {
			t.Errorf("%q: %v", source, err)
		}
	})
}
