// Package wording holds the sentence of every finding about a value. Its functions
// return findings without a place: the message, the broken rule, what was found and
// what is allowed.
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

// Redacted is what messages show in place of a secret.
const Redacted = document.Redacted

const (
	longestValue = 60 // characters of a value that a message repeats
	mostNames    = 12 // names that a message lists
	longestLine  = 400
)

// Show returns n as messages show it: a string in quotes, cut when long; a list or an
// object by its kind. It never shows a secret.
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

// Quote returns text in quotes, cut when long and free of control characters.
func Quote(text string) string { return strconv.Quote(cut(text)) }

func cut(text string) string { return cutAt(text, longestValue) }

func cutAt(text string, longest int) string {
	if len(text) <= longest || utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest-1]) + "…"
}

// Name returns a name, a pattern or a number as messages show it: unchanged, cut when
// long, or in quotes if it has characters that could break the line.
func Name(text string) string {
	if plain(text) {
		return cut(text)
	}
	return Quote(text)
}

// Line returns text on one line of bounded length.
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

// plain reports whether text can be printed as it is: it has no control characters,
// line separators or marks that change the direction of writing.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) })
}

// article returns a kind as messages name it: a boolean by its values.
func article(k document.Kind) string {
	if k == document.Bool {
		return "true or false"
	}
	return k.Article()
}

// Kinds returns kinds as messages list them: a string or a list.
func Kinds(kinds ...document.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = article(k)
	}
	return Or(names)
}

// Type returns the finding for a value of the wrong kind. For common mistakes the hint
// shows how to write the right one.
func Type(n *document.Node, secret bool, want string) document.Finding {
	found := Show(n, secret)
	if k := n.Kind(); k == document.String || k == document.Number || k == document.Bool && !secret {
		found = "the " + k.String() + " " + found
	}
	return document.Finding{Rule: "type", Found: Show(n, secret), Allowed: want, Secret: secret,
		Message: "found " + found + ", want " + want, Hint: typeHint(n, secret, want)}
}

// fault returns a finding about n whose message begins with n, or with "the value" if n is
// not shown. Values of variables are not shown either, and need not be secrets.
func fault(rule string, n *document.Node, secret bool, allowed, format string, args ...any) document.Finding {
	found := Show(n, secret)
	subject := found
	if found == Redacted {
		subject = "the value"
	}
	return document.Finding{Rule: rule, Found: found, Allowed: allowed, Message: subject + " " + fmt.Sprintf(format, args...)}
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
		return "" // a hint would reveal what the secret looks like
	case n.Plain() && want == "true or false" && slices.Contains([]string{"yes", "on", "y"}, strings.ToLower(n.Text())):
		return "write true"
	case n.Plain() && want == "true or false" && slices.Contains([]string{"no", "off", "n"}, strings.ToLower(n.Text())):
		return "write false"
	case n.Plain() && strings.Contains(want, "number") && n.Text() != "" && strings.Trim(n.Text(), "0123456789_.xXoO+-abcdefABCDEF") == "" && strings.ContainsAny(n.Text(), "0123456789"):
		return "write the number in decimal digits, without leading zeros or underscores"
	case n.Kind() == document.String && want == "true or false" && (n.Text() == "true" || n.Text() == "false"),
		n.Kind() == document.String && strings.Contains(want, "number") && !n.Plain() && document.IsNumber(n.Text()):
		return "remove the quotes"
	case (n.Kind() == document.Number || n.Kind() == document.Bool) && want == "a string" && len(text) <= longestValue:
		return `write "` + text + `", in quotes`
	}
	return ""
}

// Missing returns the finding for a required value that is absent. because names the
// property that requires it, if one does; alternatives are the names it may have, if
// any.
func Missing(because string, alternatives []string) document.Finding {
	f := document.Finding{Rule: "required", Allowed: Or(alternatives), Message: "is required but missing"}
	if len(alternatives) > 0 {
		f.Hint = "allowed: " + Names(alternatives)
	}
	if because != "" {
		f.Rule, f.Hint = "dependentRequired", "because "+Name(because)+" is set"
	}
	return f
}

// Findings without parameters.
var (
	// MissingInside is [Missing] inside a secret, whose property names are not shown.
	MissingInside = document.Finding{Rule: "required", Message: "a required property is missing"}
	// KeyInside is the finding for a property name inside a secret, whose names are not
	// shown.
	KeyInside = document.Finding{Rule: "propertyNames", Message: "contains a property name that is not allowed"}
	// Never is the finding for a value where the schema allows none.
	Never = document.Finding{Rule: "false", Allowed: "nothing", Message: "no value is allowed here"}
	// IsRedacted is the finding for the placeholder of a hidden secret, read as a
	// value.
	IsRedacted = document.Finding{Rule: "x-secret", Message: "is the placeholder for a hidden secret; write the secret itself"}
	// Deprecated is the warning for a deprecated property that is set.
	Deprecated = document.Finding{Rule: "deprecated", Message: "is deprecated"}
	// Exhausted is the finding for a document that takes too many steps to check.
	Exhausted = document.Finding{Rule: "limit", Message: "checking the alternatives takes too many steps"}
	// Endless is the finding for a value whose defaults contain themselves.
	Endless = document.Finding{Rule: "limit", Message: "its defaults contain themselves without end"}
	// Refused is the finding for an invalid value where no other message applies.
	Refused = document.Finding{Rule: "schema", Message: "is not allowed by the schema"}
	// SameKeyInside is [SameKey] inside a secret, whose property names are not shown.
	SameKeyInside = document.Finding{Rule: "x-key", Message: "two items have the same key"}
)

// OneNeeded returns the finding for an object that has none of keys but needs one.
func OneNeeded(keys []string) document.Finding {
	return document.Finding{Rule: "required", Allowed: Or(keys), Message: "one of " + Names(keys) + " is required"}
}

// Exclusive returns the finding for an object that has all of keys but may have only
// one.
func Exclusive(keys []string) document.Finding {
	return document.Finding{Rule: "oneOf", Found: and(keys), Allowed: "one of them", Message: "only one of " + and(keys) + " is allowed"}
}

// Unknown returns the finding for a property that keyword does not allow. The hint
// names the declared property that was probably meant.
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

// NotAllowed returns the finding for a value that is none of allowed, which are JSON
// texts.
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

// values returns JSON texts as messages list them: a string without quotes unless it
// would be read as another value.
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

// Bound returns the finding for a number that breaks keyword: minimum, maximum,
// exclusiveMinimum, exclusiveMaximum or multipleOf.
func Bound(n *document.Node, secret bool, keyword, bound string) document.Finding {
	what := map[string]string{
		"minimum": "is less than the minimum", "maximum": "is more than the maximum",
		"exclusiveMinimum": "must be more than", "exclusiveMaximum": "must be less than", "multipleOf": "is not a multiple of",
	}[keyword]
	return fault(keyword, n, secret, bound, "%s %s", what, Name(bound))
}

// Range returns the finding for a number that its Go type cannot hold.
func Range(n *document.Node, secret bool, lowest, highest string) document.Finding {
	return fault("range", n, secret, lowest+" to "+highest, "is out of range, want %s to %s", Name(lowest), Name(highest))
}

// A Unit is what is counted in a value.
type Unit struct{ one, many, least, most string }

// The units, each with the keywords that bound it.
var (
	Characters = Unit{"character", "characters", "minLength", "maxLength"}
	Items      = Unit{"item", "items", "minItems", "maxItems"}
	Properties = Unit{"property", "properties", "minProperties", "maxProperties"}
	Entries    = Unit{"entry", "entries", "minProperties", "maxProperties"} // of a map
)

// Of returns n with the unit: 1 item, 2 items.
func (u Unit) Of(n int) string {
	if n == 1 {
		return "1 " + u.one
	}
	return strconv.Itoa(n) + " " + u.many
}

// Few returns the finding for n of unit where at least least are required: has 2
// items, want at least 3. The count of a secret is not shown.
func Few(n, least int, unit Unit, secret bool) document.Finding {
	f := counted(unit.least, n, least, unit, secret, "at least", "shorter than", "fewer than")
	if n == 0 && least == 1 {
		f.Message = "must not be empty"
	}
	return f
}

// Many returns the finding for n of unit where at most most are allowed. The count of a
// secret is not shown.
func Many(n, most int, unit Unit, secret bool) document.Finding {
	return counted(unit.most, n, most, unit, secret, "at most", "longer than", "more than")
}

// counted compares n with limit. Of a secret it shows only the limit: as a length of
// characters, or as a number of anything else.
func counted(rule string, n, limit int, unit Unit, secret bool, allowed, length, number string) document.Finding {
	f := document.Finding{Rule: rule, Found: unit.Of(n), Allowed: allowed + " " + unit.Of(limit)}
	has, long, compared := "has ", "", number
	if unit == Characters {
		has, long, compared = "is ", " long", length
	}
	f.Message = fmt.Sprintf("%s%s%s, want %s %d", has, f.Found, long, allowed, limit)
	if secret {
		f.Found, f.Message = Redacted, has+compared+" "+unit.Of(limit)
	}
	return f
}

// Pattern returns the finding for text that does not match pattern.
func Pattern(n *document.Node, secret bool, pattern string) document.Finding {
	return fault("pattern", n, secret, pattern, "does not match the pattern %s", Name(pattern))
}

// KeyPatterns returns the finding for a property name that matches none of patterns.
func KeyPatterns(key string, patterns []string) document.Finding {
	return document.Finding{Rule: "additionalProperties", Found: Name(key), Allowed: Or(patterns),
		Message: fmt.Sprintf("the property name %s does not match %s", Quote(key), Or(patterns))}
}

// Format returns the finding for text that is not in its format. why may add the
// reason; it is left out of a secret, because it may quote it.
func Format(n *document.Node, secret bool, format, why string) document.Finding {
	f := fault("format", n, secret, format, "is not a valid %s", Name(format))
	if why != "" && !secret {
		f.Message += ": " + Line(why)
	}
	return f
}

// GoType returns the finding for a value that the type named by x-go-type rejects.
func GoType(n *document.Node, secret bool, why string) document.Finding {
	f := Format(n, secret, "value for its Go type", why)
	f.Rule, f.Allowed = "x-go-type", ""
	return f
}

// Unique returns the finding for two equal items. Indices count from 0, as in paths.
func Unique(i, j int) document.Finding {
	return document.Finding{Rule: "uniqueItems", Allowed: "items that differ", Message: fmt.Sprintf("items %d and %d are equal; all items must differ", i, j)}
}

// Several returns the finding for a value that more than one named alternative allows.
func Several(names []string) document.Finding {
	return document.Finding{Rule: "oneOf", Found: and(names), Allowed: "exactly one", Message: "matches " + and(names) + ", want exactly one"}
}

// TooMany returns the finding for a value that n alternatives without names allow.
func TooMany(n int) document.Finding {
	return document.Finding{Rule: "oneOf", Allowed: "exactly one", Message: fmt.Sprintf("matches %d alternatives, want exactly one", n)}
}

// NoneOf returns the hint for a value that matches no alternative: their names, and
// which one the finding is about.
func NoneOf(nearest string, others []string) string {
	return "matches none of " + Names(append([]string{nearest}, others...)) + "; nearest: " + Name(nearest)
}

// NearestOf returns the hint for a value checked as one of n alternatives without
// names.
func NearestOf(n int) string { return fmt.Sprintf("checked as the nearest of %d alternatives", n) }

// Slow returns the finding for text that took too long to match.
func Slow(pattern string) document.Finding {
	return document.Finding{Rule: "pattern", Allowed: pattern, Message: fmt.Sprintf("the pattern %s took too long to match", Name(pattern))}
}

// Excluded returns the finding for a value that "not" excludes. what names the excluded
// schema, if it has a name.
func Excluded(what string) document.Finding {
	f := document.Finding{Rule: "not", Message: "is not allowed here: the schema excludes it"}
	if what != "" {
		f.Message, f.Allowed = "is not allowed here: it must not be "+Name(what), "anything but "+Name(what)
	}
	return f
}

// ExcludedValue returns the finding for a value that "not" lists.
func ExcludedValue(n *document.Node, secret bool) document.Finding {
	return fault("not", n, secret, "", "is not allowed here")
}

// ExcludedTogether returns the finding for properties that may not all be present.
func ExcludedTogether(keys []string) document.Finding {
	f := document.Finding{Rule: "not", Found: and(keys), Message: "the properties " + and(keys) + " are not allowed together"}
	if len(keys) == 1 {
		f.Message = "the property " + Name(keys[0]) + " is not allowed here"
	}
	return f
}

// ContainsFew returns the finding for a list with too few matching items. what names
// the items, if the schema has a name.
func ContainsFew(n, least int, what string) document.Finding {
	return contained("contains", "minContains", n, what, fmt.Sprintf("at least %d", least))
}

// ContainsMany returns the finding for a list with too many matching items.
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

// NotHeld returns the finding for a value that the schema allows but its Go field
// cannot hold. want is what the field holds.
func NotHeld(want string) document.Finding {
	return document.Finding{Rule: "type", Allowed: want,
		Message: fmt.Sprintf("is not %s; the schema names no type and allows it, but the Go field cannot hold it", want)}
}

// NoField is the hint for a value that the schema allows but its Go field cannot hold.
const NoField = "the schema allows it, but the Go field cannot hold it"

// SameKey returns the finding for an item that has the same key as an earlier one. name
// is the property that holds the key.
func SameKey(key, before *document.Node, secret bool, name string) document.Finding {
	return fault("x-key", key, secret, "", "is also the %s of %s; keys must be unique", Name(name), itemAt(before.Pos(), key.Pos()))
}

// itemAt describes the item at pos for a reader who looks at from.
func itemAt(pos, from document.Position) string {
	switch {
	case pos.Line == 0:
		return "another item"
	case pos.File == from.File:
		return fmt.Sprintf("the item on line %d", pos.Line)
	}
	return fmt.Sprintf("the item on line %d of %s", pos.Line, Name(pos.File))
}

// Names lists the first twelve names and counts the rest.
func Names(names []string) string { return join(names, ", ", "and") }

// Or joins names with a final "or".
func Or(names []string) string { return join(names, " or ", "or") }

func and(names []string) string { return join(names, " and ", "and") }

// join lists names with last before the final one, or with word before a count of the
// rest.
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

// Nearest returns the candidate that name was probably meant to be, or "". A candidate
// qualifies if it differs only in case and separators, or in at most a third of its
// letters.
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

// Distance returns the number of insertions, deletions, replacements and swaps of
// neighbors that turn a into b, or limit if there are at least that many.
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
