// Package wording holds the sentence of every finding about a value. A function
// returns a finding without its place: the sentence, the rule that is broken, what
// was found and what is allowed.
package wording

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hotbind/hotbind/runtime/document"
)

// Redacted stands in messages for a value that must not be shown.
const Redacted = document.Redacted

const (
	longestValue = 60 // characters of a value that a message repeats
	mostNames    = 12 // names that a message lists
	longestLine  = 400
)

// Show is a value as messages repeat it: a string in quotes, cut when long; a
// list or an object by its kind. A secret is never repeated.
func Show(n *document.Node, secret bool) string {
	switch {
	case n.Kind() == document.List || n.Kind() == document.Object:
		return article(n.Kind())
	case n.Kind() == document.Null:
		return "null"
	case secret:
		return Redacted
	case n.Kind() == document.String:
		return Quote(n.Text())
	}
	return cut(n.Text())
}

// Quote is text in quotes, cut when long, with nothing in it that a terminal or
// a log could take for a command.
func Quote(text string) string { return strconv.Quote(cut(text)) }

func cut(text string) string { return cutAt(text, longestValue) }

func cutAt(text string, longest int) string {
	if len(text) <= longest || utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest-1]) + "…"
}

// Name is a name, a pattern or a number as messages repeat it: as it is, cut
// when long, and in quotes where it has characters that could break the line.
func Name(text string) string {
	if plain(text) {
		return cut(text)
	}
	return Quote(text)
}

// Line is a sentence of unknown origin on one line of bounded length.
func Line(text string) string {
	text = cutAt(text, longestLine)
	if plain(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// plain reports whether text is printed as it is: what is left out is control
// characters, line separators, and marks that change the direction of writing.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) })
}

// article is a kind as messages want it, a boolean by its values.
func article(k document.Kind) string {
	if k == document.Bool {
		return "true or false"
	}
	return k.Article()
}

// Kinds is the list of kinds as messages write it: a string or a list.
func Kinds(kinds ...document.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = article(k)
	}
	return Or(names)
}

// Type is a value of the wrong kind, with how to write the right one where the
// mistake is a common one.
func Type(n *document.Node, secret bool, want string) document.Finding {
	found := Show(n, secret)
	if k := n.Kind(); k == document.String || k == document.Number || k == document.Bool && !secret {
		found = "the " + k.String() + " " + found
	}
	return document.Finding{Rule: "type", Found: Show(n, secret), Allowed: want, Secret: secret,
		Message: "found " + found + ", want " + want, Hint: typeHint(n, secret, want)}
}

// fault is a finding about n, whose message begins with n.
func fault(rule string, n *document.Node, secret bool, allowed, format string, args ...any) document.Finding {
	found := Show(n, secret)
	return document.Finding{Rule: rule, Found: found, Allowed: allowed, Message: found + " " + fmt.Sprintf(format, args...)}
}

func typeHint(n *document.Node, secret bool, want string) string {
	text := n.Text()
	if secret {
		text = "…"
	}
	switch {
	case n.Kind() == document.Null && want == "an object":
		return "write {} for an empty one"
	case n.Kind() == document.Null && want == "a list":
		return "write [] for an empty one"
	case secret && n.Kind() == document.String:
		return "" // what to do about it would tell what it is
	case n.Plain() && want == "true or false" && slices.Contains([]string{"yes", "on", "y"}, strings.ToLower(n.Text())):
		return "write true"
	case n.Plain() && want == "true or false" && slices.Contains([]string{"no", "off", "n"}, strings.ToLower(n.Text())):
		return "write false"
	case n.Plain() && strings.Contains(want, "number") && n.Text() != "" && strings.Trim(n.Text(), "0123456789_.xXoO+-abcdefABCDEF") == "" && strings.ContainsAny(n.Text(), "0123456789"):
		return "a number is written in decimal digits, without leading zeros or underscores"
	case n.Kind() == document.String && want == "true or false" && (n.Text() == "true" || n.Text() == "false"),
		n.Kind() == document.String && strings.Contains(want, "number") && !n.Plain() && document.IsNumber(n.Text()):
		return "remove the quotes"
	case (n.Kind() == document.Number || n.Kind() == document.Bool) && want == "a string" && len(text) <= longestValue:
		return `write "` + text + `", in quotes`
	}
	return ""
}

// Missing is a value that must be there; because names the property that requires it,
// if one does, and alternatives what it may be, where that has names.
func Missing(because string, alternatives []string) document.Finding {
	f := document.Finding{Rule: "required", Allowed: Or(alternatives), Message: "is required but missing"}
	if len(alternatives) > 0 {
		f.Hint = "one of " + Names(alternatives)
	}
	if because != "" {
		f.Rule, f.Hint = "dependentRequired", "because "+Name(because)+" is given"
	}
	return f
}

// The findings that are always the same.
var (
	// MissingInside is a property that must be there in a value of which not even the
	// names may be shown.
	MissingInside = document.Finding{Rule: "required", Message: "a required property is missing"}
	// KeyInside is the name of a property that is not allowed, in a value of which not
	// even the names may be shown.
	KeyInside = document.Finding{Rule: "propertyNames", Message: "a property name in it is not allowed"}
	// Never is a value where the schema allows none.
	Never = document.Finding{Rule: "false", Allowed: "nothing", Message: "nothing is allowed here"}
	// IsRedacted is the text that stands for a hidden secret, read as the secret.
	IsRedacted = document.Finding{Rule: "x-secret", Message: "is the text that hides a secret, not the secret itself"}
	// Deprecated is a property that should not be set any more.
	Deprecated = document.Finding{Rule: "deprecated", Message: "is deprecated"}
	// Exhausted is a document that takes too much work to judge.
	Exhausted = document.Finding{Rule: "limit", Message: "too many alternatives have to be tried to read this"}
	// Endless is a value whose defaults contain themselves.
	Endless = document.Finding{Rule: "limit", Message: "the defaults inside it have no end"}
	// Refused is a value for whose refusal there are no better words.
	Refused = document.Finding{Rule: "schema", Message: "is not what the schema allows"}
	// SameKeyInside is [SameKey] inside a secret, of which not even the properties are
	// named.
	SameKeyInside = document.Finding{Rule: "x-key", Message: "two items have the same key"}
)

// OneNeeded is an object without any of the properties of which one must be there.
func OneNeeded(keys []string) document.Finding {
	return document.Finding{Rule: "required", Allowed: Or(keys), Message: "one of " + Names(keys) + " is required"}
}

// Exclusive is an object with several properties of which only one may be there.
func Exclusive(keys []string) document.Finding {
	return document.Finding{Rule: "oneOf", Found: and(keys), Allowed: "one of them", Message: and(keys) + " exclude each other"}
}

// Unknown is a property that a keyword refuses, with the declared one that was
// probably meant.
func Unknown(key, keyword string, declared []string) document.Finding {
	f := document.Finding{Rule: keyword, Found: Name(key), Allowed: Names(declared)}
	if slices.Contains(declared, key) { // in an alternative or on a condition
		f.Message = "the property " + Quote(key) + " is not allowed together with the others"
		return f
	}
	f.Message = "unknown property " + Quote(key)
	if near := Nearest(key, declared); near != "" {
		f.Hint = "did you mean " + Name(near) + "?"
	} else if len(declared) == 0 {
		f.Hint = "no properties are allowed here"
	} else {
		f.Hint = "allowed: " + Names(declared)
	}
	return f
}

// NotAllowed is a value that is none of those listed, which are JSON texts.
func NotAllowed(n *document.Node, secret bool, allowed []string) document.Finding {
	values := values(allowed)
	if len(values) == 1 {
		return fault("const", n, secret, values[0], "is not %s, the only value allowed", Name(values[0]))
	}
	f := fault("enum", n, secret, Names(values), "is not one of %s", Names(values))
	if near := Nearest(n.Text(), values); near != "" && n.Kind() == document.String && !secret {
		f.Hint = "did you mean " + Name(near) + "?"
	}
	return f
}

// values are JSON texts as messages list them: strings without quotes, except where
// one would be read as another value.
func values(texts []string) []string {
	names := make([]string, len(texts))
	for i, text := range texts {
		names[i] = text
		var s string
		if json.Unmarshal([]byte(text), &s) == nil && s != "" && !json.Valid([]byte(s)) {
			names[i] = s
		}
	}
	return names
}

// Bound is a number that breaks a keyword: minimum, maximum, exclusiveMinimum,
// exclusiveMaximum or multipleOf.
func Bound(n *document.Node, secret bool, keyword, bound string) document.Finding {
	what := map[string]string{
		"minimum": "is less than the minimum", "maximum": "is more than the maximum",
		"exclusiveMinimum": "is not more than", "exclusiveMaximum": "is not less than", "multipleOf": "is not a multiple of",
	}[keyword]
	return fault(keyword, n, secret, bound, "%s %s", what, Name(bound))
}

// Range is a number that its Go type cannot hold.
func Range(n *document.Node, secret bool, lowest, highest string) document.Finding {
	return fault("range", n, secret, lowest+" to "+highest, "is out of range: %s to %s is allowed", Name(lowest), Name(highest))
}

// A Unit is what a value has many of.
type Unit struct{ one, many, least, most string }

// What is counted, with the keywords that bound it.
var (
	Characters = Unit{"character", "characters", "minLength", "maxLength"}
	Items      = Unit{"item", "items", "minItems", "maxItems"}
	Properties = Unit{"property", "properties", "minProperties", "maxProperties"}
	Entries    = Unit{"entry", "entries", "minProperties", "maxProperties"} // of a map
)

// Of returns so many of the unit, such as 1 item.
func (u Unit) Of(n int) string {
	if n == 1 {
		return "1 " + u.one
	}
	return strconv.Itoa(n) + " " + u.many
}

// Few is too few of something: 2 items, fewer than the minimum 3. How many a secret
// has is not shown.
func Few(n, least int, unit Unit, secret bool) document.Finding {
	f := counted(unit.least, n, least, unit, secret, "at least", "shorter than the minimum", "fewer than the minimum")
	if n == 0 && least == 1 {
		f.Message = "must not be empty"
	}
	return f
}

// Many is too many of something, as Few is.
func Many(n, most int, unit Unit, secret bool) document.Finding {
	return counted(unit.most, n, most, unit, secret, "at most", "longer than the maximum", "more than the maximum")
}

// counted compares n with a limit, by its length or by how many there are.
func counted(rule string, n, limit int, unit Unit, secret bool, allowed, length, many string) document.Finding {
	f := document.Finding{Rule: rule, Found: unit.Of(n), Allowed: allowed + " " + unit.Of(limit)}
	has, long, compared := "has ", "", many
	if unit == Characters {
		has, long, compared = "is ", " long", length
	}
	f.Message = fmt.Sprintf("%s%s%s, %s %d", has, f.Found, long, compared, limit)
	if secret {
		f.Found, f.Message = Redacted, has+compared+" of "+unit.Of(limit)
	}
	return f
}

// Pattern is text that does not match.
func Pattern(n *document.Node, secret bool, pattern string) document.Finding {
	return fault("pattern", n, secret, pattern, "does not match the pattern %s", Name(pattern))
}

// KeyPatterns is the name of a property that matches none of the patterns.
func KeyPatterns(key string, patterns []string) document.Finding {
	return document.Finding{Rule: "additionalProperties", Found: Name(key), Allowed: Or(patterns),
		Message: fmt.Sprintf("the property name %s does not match %s", Quote(key), Or(patterns))}
}

// Format is text that is not in its format. Why may add what is missing; it is left
// out of a secret, which it may quote.
func Format(n *document.Node, secret bool, format, why string) document.Finding {
	f := fault("format", n, secret, format, "is not a valid %s", Name(format))
	if why != "" && !secret {
		f.Message += ": " + Line(why)
	}
	return f
}

// GoType is a value that the type named by x-go-type refuses.
func GoType(n *document.Node, secret bool, why string) document.Finding {
	f := Format(n, secret, "value for its Go type", why)
	f.Rule, f.Allowed = "x-go-type", ""
	return f
}

// Unique is two equal items, counted from 0 as paths count them.
func Unique(i, j int) document.Finding {
	return document.Finding{Rule: "uniqueItems", Allowed: "items that differ", Message: fmt.Sprintf("items %d and %d are equal, and all must differ", i, j)}
}

// Several is a value that more than one alternative allows.
func Several(names []string) document.Finding {
	return document.Finding{Rule: "oneOf", Found: and(names), Allowed: "exactly one", Message: "matches " + and(names) + ", and exactly one must match"}
}

// TooMany is a value that n alternatives without names allow.
func TooMany(n int) document.Finding {
	return document.Finding{Rule: "oneOf", Allowed: "exactly one", Message: fmt.Sprintf("matches %d of the alternatives, and exactly one must match", n)}
}

// NoneOf says that a value matches none of several alternatives, and which one the
// finding is about.
func NoneOf(nearest string, others []string) string {
	return "matches none of " + Names(append([]string{nearest}, others...)) + "; nearest: " + Name(nearest)
}

// NearestOf says that a value was read as one of n alternatives that have no names.
func NearestOf(n int) string { return fmt.Sprintf("the nearest of %d alternatives", n) }

// Slow is text for which a match took too long.
func Slow(pattern string) document.Finding {
	return document.Finding{Rule: "pattern", Allowed: pattern, Message: fmt.Sprintf("the pattern %s took too long to match", Name(pattern))}
}

// Excluded is a value that must not be what it is; what names that, where it has a
// name.
func Excluded(what string) document.Finding {
	f := document.Finding{Rule: "not", Message: "is not allowed here: the schema excludes it"}
	if what != "" {
		f.Message, f.Allowed = "is not allowed here: it must not be "+Name(what), "anything but "+Name(what)
	}
	return f
}

// ExcludedValue is one of the values that are not allowed.
func ExcludedValue(n *document.Node, secret bool) document.Finding {
	return fault("not", n, secret, "", "is not allowed here")
}

// ExcludedTogether are properties that must not all be there.
func ExcludedTogether(keys []string) document.Finding {
	f := document.Finding{Rule: "not", Found: and(keys), Message: "the properties " + and(keys) + " are not allowed together"}
	if len(keys) == 1 {
		f.Message = "the property " + Name(keys[0]) + " is not allowed here"
	}
	return f
}

// ContainsFew is a list with too few items of one kind; what names the kind, where
// it has a name.
func ContainsFew(n, least int, what string) document.Finding {
	return contained("contains", "minContains", n, what, fmt.Sprintf("at least %d", least))
}

// ContainsMany is a list with too many of them.
func ContainsMany(n, most int, what string) document.Finding {
	return contained("maxContains", "maxContains", n, what, fmt.Sprintf("at most %d", most))
}

func contained(rule, counting string, n int, what, want string) document.Finding {
	items := Unit{"matching item", "matching items", "", ""}
	if what != "" {
		items.one, items.many = items.one+" ("+Name(what)+")", items.many+" ("+Name(what)+")"
	}
	if want != "at least 1" {
		rule = counting
	}
	return document.Finding{Rule: rule, Found: items.Of(n), Allowed: want, Message: fmt.Sprintf("contains %s, want %s", items.Of(n), want)}
}

// NotHeld is a value that the schema allows, although no field can hold it: want is
// what the field holds.
func NotHeld(want string) document.Finding {
	return document.Finding{Rule: "type", Allowed: want,
		Message: fmt.Sprintf("is not %s; the schema allows it because it names no type, but no field can hold it", want)}
}

// NoField is the hint beside what would be a fault if the schema asked for the type
// of the field.
const NoField = "the schema allows it, but no field can hold it"

// SameKey is an item whose key, in the property called name, an item before it has
// too.
func SameKey(key, before *document.Node, secret bool, name string) document.Finding {
	return fault("x-key", key, secret, "", "is the %s of another item too%s; items need keys of their own", Name(name), writtenAt(before.Pos(), key.Pos()))
}

// writtenAt says where something stands, for a reader of what stands at from.
func writtenAt(pos, from document.Position) string {
	switch {
	case pos.Line == 0:
		return ""
	case pos.File == from.File:
		return fmt.Sprintf(", on line %d", pos.Line)
	}
	return fmt.Sprintf(", on line %d of %s", pos.Line, Name(pos.File))
}

// Names lists names, the first dozen and a count of the rest.
func Names(names []string) string { return join(names, ", ", "and") }

// Or joins names with a final or.
func Or(names []string) string { return join(names, " or ", "or") }

func and(names []string) string { return join(names, " and ", "and") }

// join lists names, with something else before the last one, or the word before a count
// of the rest.
func join(names []string, last, word string) string {
	shown := make([]string, min(len(names), mostNames))
	for i := range shown {
		shown[i] = Name(names[i])
	}
	if more := len(names) - len(shown); more > 0 {
		return fmt.Sprintf("%s %s %d more", strings.Join(shown, ", "), word, more)
	}
	if len(shown) < 2 {
		return strings.Join(shown, "")
	}
	return strings.Join(shown[:len(shown)-1], ", ") + last + shown[len(shown)-1]
}

// Nearest returns the candidate that name was probably meant to be, or "": one
// that differs by case and separators only, or by at most a third of its letters.
func Nearest(name string, candidates []string) string {
	best, bestDistance := "", len(name)/3+1
	for _, c := range candidates {
		if d := Distance(fold(name), fold(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s))
}

// Distance returns how many insertions, deletions, replacements and swaps of neighbours
// turn a into b. It gives up at limit, and returns that.
func Distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > 200 {
		return limit
	}
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
