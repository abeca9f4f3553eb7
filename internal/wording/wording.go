// Package wording says what is wrong with a value, in the words that every
// part of hotbind uses: the decoder of generated packages and the reference
// validator report the same fault in the same sentence.
package wording

import (
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
	case n.Kind == document.List || n.Kind == document.Object:
		return article(n.Kind)
	case n.Kind == document.Null:
		return "null"
	case secret:
		return Redacted
	case n.Kind == document.String:
		return Quote(n.Text)
	}
	return cut(n.Text)
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

// Type tells of a value of the wrong kind, and how to write the right one where
// the mistake is a common one.
func Type(n *document.Node, secret bool, want string) (message, hint string) {
	found := Show(n, secret)
	switch n.Kind {
	case document.String:
		found = "the string " + found
	case document.Number:
		found = "the number " + found
	case document.Bool:
		if !secret {
			found = "the boolean " + found
		}
	}
	return fmt.Sprintf("found %s, want %s", found, want), typeHint(n, secret, want)
}

func typeHint(n *document.Node, secret bool, want string) string {
	text := n.Text
	if secret {
		text = "…"
	}
	switch {
	case n.Kind == document.Null && want == "an object":
		return "write {} for an empty one"
	case n.Kind == document.Null && want == "a list":
		return "write [] for an empty one"
	case secret && n.Kind == document.String:
		return "" // what to do about it would tell what it is
	case n.Plain && want == "true or false" && slices.Contains([]string{"yes", "on", "y"}, strings.ToLower(n.Text)):
		return "write true"
	case n.Plain && want == "true or false" && slices.Contains([]string{"no", "off", "n"}, strings.ToLower(n.Text)):
		return "write false"
	case n.Plain && strings.Contains(want, "number") && n.Text != "" && strings.Trim(n.Text, "0123456789_.xXoO+-abcdefABCDEF") == "" && strings.ContainsAny(n.Text, "0123456789"):
		return "a number is written in decimal digits, without leading zeros or underscores"
	case n.Kind == document.String && want == "true or false" && (n.Text == "true" || n.Text == "false"),
		n.Kind == document.String && strings.Contains(want, "number") && !n.Plain && document.IsNumber(n.Text):
		return "remove the quotes"
	case (n.Kind == document.Number || n.Kind == document.Bool) && want == "a string" && len(text) <= longestValue:
		return `write "` + text + `", in quotes`
	}
	return ""
}

// Missing tells of a property that must be there.
func Missing() string { return "is required but missing" }

// Unknown tells of a property that may not be there, with the declared one that
// was probably meant.
func Unknown(key string, declared []string) (message, hint string) {
	if slices.Contains(declared, key) { // in an alternative or on a condition
		return "the property " + Quote(key) + " is not allowed with the others that are given", ""
	}
	message = "unknown property " + Quote(key)
	if near := Nearest(key, declared); near != "" {
		return message, "did you mean " + Name(near) + "?"
	}
	if len(declared) == 0 {
		return message, "no properties are allowed here"
	}
	return message, "allowed: " + Names(declared)
}

// MissingInside tells of a property that must be there in a value of which not
// even the names may be shown.
func MissingInside() string { return "a required property is missing" }

// KeyInside tells of a name that is not allowed in such a value.
func KeyInside() string { return "has a property whose name is not allowed" }

// NotAllowed tells of a value that is none of those listed.
func NotAllowed(n *document.Node, secret bool, allowed []string) (message, hint string) {
	if len(allowed) == 1 {
		return fmt.Sprintf("%s is not %s, the only value allowed", Show(n, secret), Name(allowed[0])), ""
	}
	message = fmt.Sprintf("%s is not one of %s", Show(n, secret), Names(allowed))
	if n.Kind == document.String && !secret {
		if near := Nearest(n.Text, allowed); near != "" {
			hint = "did you mean " + Name(near) + "?"
		}
	}
	return message, hint
}

// Minimum tells of a number below its bound.
func Minimum(n *document.Node, secret bool, bound string, exclusive bool) string {
	if exclusive {
		return fmt.Sprintf("%s is not more than %s", Show(n, secret), Name(bound))
	}
	return fmt.Sprintf("%s is less than the minimum %s", Show(n, secret), Name(bound))
}

// Maximum tells of a number above its bound.
func Maximum(n *document.Node, secret bool, bound string, exclusive bool) string {
	if exclusive {
		return fmt.Sprintf("%s is not less than %s", Show(n, secret), Name(bound))
	}
	return fmt.Sprintf("%s is more than the maximum %s", Show(n, secret), Name(bound))
}

// Range tells of a number that the type of its field cannot hold.
func Range(n *document.Node, secret bool, lowest, highest string) string {
	return fmt.Sprintf("%s is out of range: %s to %s is allowed", Show(n, secret), Name(lowest), Name(highest))
}

// Multiple tells of a number that is no multiple of another.
func Multiple(n *document.Node, secret bool, of string) string {
	return fmt.Sprintf("%s is not a multiple of %s", Show(n, secret), Name(of))
}

// Few tells of too few of something: 2 items, fewer than the minimum 3. How many a
// secret has is not told.
func Few(n, least int, unit string, secret bool) string {
	switch {
	case n == 0 && least == 1:
		return "must not be empty"
	case secret && unit == "character":
		return "is shorter than the minimum of " + count(least, unit)
	case secret:
		return "has fewer than the minimum of " + count(least, unit)
	case unit == "character":
		return fmt.Sprintf("is %s long, shorter than the minimum %d", count(n, unit), least)
	}
	return fmt.Sprintf("has %s, fewer than the minimum %d", count(n, unit), least)
}

// Many tells of too many of something, as Few does.
func Many(n, most int, unit string, secret bool) string {
	switch {
	case secret && unit == "character":
		return "is longer than the maximum of " + count(most, unit)
	case secret:
		return "has more than the maximum of " + count(most, unit)
	case unit == "character":
		return fmt.Sprintf("is %s long, longer than the maximum %d", count(n, unit), most)
	}
	return fmt.Sprintf("has %s, more than the maximum %d", count(n, unit), most)
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	if unit == "property" {
		return strconv.Itoa(n) + " properties"
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

// Pattern tells of text that does not match.
func Pattern(n *document.Node, secret bool, pattern string) string {
	return fmt.Sprintf("%s does not match the pattern %s", Show(n, secret), Name(pattern))
}

// Key tells of a property whose name is not allowed.
func Key(key, why string) string {
	return fmt.Sprintf("the property name %s %s", Quote(key), Line(why))
}

// Format tells of text that is not in its format; why may add what is missing,
// and is left out of a secret, which it may quote.
func Format(n *document.Node, secret bool, format, why string) string {
	message := fmt.Sprintf("%s is not a valid %s", Show(n, secret), Name(format))
	if why != "" && !secret {
		message += ": " + Line(why)
	}
	return message
}

// Unique tells of two equal items, counted from 0 as paths count them.
func Unique(i, j int) string {
	return fmt.Sprintf("items %d and %d are equal, and all must differ", i, j)
}

// Several tells of a value that matches more than one of the alternatives.
func Several(names []string) string {
	return fmt.Sprintf("matches %s, and exactly one must match", and(names))
}

// Never tells of a value where the schema allows none at all.
func Never() string { return "nothing is allowed here" }

// IsRedacted tells of the text that is written in the place of a secret and must
// not come back as one.
func IsRedacted() string { return "is the text that hides a secret, not the secret itself" }

// Names lists names, the first dozen and a count of the rest.
func Names(names []string) string {
	shown := shownNames(names)
	if more := len(names) - len(shown); more > 0 {
		return strings.Join(shown, ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(shown, ", ")
}

func shownNames(names []string) []string {
	shown := make([]string, min(len(names), mostNames))
	for i := range shown {
		shown[i] = Name(names[i])
	}
	return shown
}

// Or joins names with a final or.
func Or(names []string) string { return join(names, "or") }

func and(names []string) string { return join(names, "and") }

func join(names []string, word string) string {
	shown := shownNames(names)
	if more := len(names) - len(shown); more > 0 {
		return strings.Join(shown, ", ") + fmt.Sprintf(" %s %d more", word, more)
	}
	if len(shown) < 2 {
		return strings.Join(shown, "")
	}
	return strings.Join(shown[:len(shown)-1], ", ") + " " + word + " " + shown[len(shown)-1]
}

// Nearest returns the candidate that name was probably meant to be, or "": one
// that differs by case and separators only, or by at most a third of its letters.
func Nearest(name string, candidates []string) string {
	best, bestDistance := "", len(name)/3+1
	for _, c := range candidates {
		if d := distance(fold(name), fold(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s))
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b, and gives up at limit.
func distance(a, b string, limit int) int {
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

// TooMany tells of a value that n alternatives accept where one must.
func TooMany(n int) string {
	return fmt.Sprintf("%d of the alternatives allow it, and exactly one must", n)
}

// Slow tells of text for which it could not be found out in time whether it
// matches.
func Slow(pattern string) string {
	return fmt.Sprintf("the pattern %s took too long to match", Name(pattern))
}

// Excluded tells of a value that must not be what it is; what names that, where
// it has a name.
func Excluded(what string) string {
	if what == "" {
		return "is not allowed here: it is what the schema excludes"
	}
	return "is not allowed here: it must not be " + Name(what)
}

// ExcludedValue tells of one of the values that are not allowed.
func ExcludedValue(n *document.Node, secret bool) string {
	return Show(n, secret) + " is a value that is not allowed here"
}

// ExcludedTogether tells of properties that must not all be there.
func ExcludedTogether(keys []string) string {
	if len(keys) == 1 {
		return "the property " + Name(keys[0]) + " is not allowed here"
	}
	return fmt.Sprintf("the properties %s are not allowed together", and(keys))
}

// ContainsFew tells of a list with too few items of one kind; what names the
// kind, where it has a name.
func ContainsFew(n, least int, what string) string {
	return fmt.Sprintf("contains %d of %s, fewer than the minimum %d", n, contained(what), least)
}

// ContainsMany tells of a list with too many of them.
func ContainsMany(n, most int, what string) string {
	return fmt.Sprintf("contains %d of %s, more than the maximum %d", n, contained(what), most)
}

func contained(what string) string {
	if what == "" {
		return "the items it is asked to contain"
	}
	return "what it is asked to contain, " + Name(what)
}

// NotHeld tells of a value that the schema allows, although no field can hold
// it: want is what the field holds.
func NotHeld(want string) string {
	return fmt.Sprintf("is not %s; the schema allows it because it names no type, but no field can hold it", want)
}

// NoField is the hint beside what would be a fault if the schema asked for the
// type of the field.
func NoField() string {
	return "the schema allows it, but no field can hold it"
}

// Refused tells of a value for whose refusal there are no better words.
func Refused() string { return "is not what the schema allows" }

// SameKey tells of an item whose key, in the property called name, an item before it
// has too.
func SameKey(key, before *document.Node, secret bool, name string) string {
	return fmt.Sprintf("%s is the %s of another item too%s, and must tell them apart", Show(key, secret), Name(name), writtenAt(before.Pos, key.Pos))
}

// SameKeyInside is [SameKey] inside a secret, of which not even the properties are
// named.
func SameKeyInside() string { return "two items have the same key" }

// writtenAt says where something stands, as told to a reader of what stands at from.
func writtenAt(pos, from document.Position) string {
	switch {
	case pos.Line == 0:
		return ""
	case pos.File == from.File:
		return fmt.Sprintf(", on line %d", pos.Line)
	}
	return fmt.Sprintf(", on line %d of %s", pos.Line, Name(pos.File))
}
