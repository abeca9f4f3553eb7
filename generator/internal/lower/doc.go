package lower

import (
	"cmp"
	"go/doc/comment"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// docWidth is the width of comments.
const docWidth = 76

// declDoc returns the doc comment of a declared type: its name, the schema's
// description and the schema's rules.
func (l *lowerer) declDoc(d *ir.Decl) []string {
	s := d.Schema
	text, deprecated := deprecation(described(s, d.Name), s.Deprecated)
	blocks, holds, more := markdown(text), l.holds(d), ""
	if len(blocks) == 0 {
		blocks = []comment.Block{paragraph(d.Name + " " + holds + ".")}
	} else if first, ok := blocks[0].(*comment.Paragraph); !ok {
		blocks = append([]comment.Block{paragraph(d.Name + " " + holds + ".")}, blocks...)
	} else {
		text := stopped(string(first.Text[0].(comment.Plain)))
		sentence := continued(d.Name, text)
		if sentence == "" {
			sentence = strings.Replace("("+placeOf(s)+"): "+text, "): "+d.Name+",", "),", 1)
		}
		if d != l.p.Root && (sentence[0] != '(' || d.Union != nil) {
			more = "It " + holds + ". "
		}
		blocks[0] = paragraph(d.Name + " " + sentence)
	}
	if parts := rulesOf(s, &shape.Ref{Decl: d.Decl}); len(parts) > 0 {
		more += sentence(strings.Join(parts, "; ")) + " "
	}
	if list, ok := d.Named.(*shape.List); ok {
		more += strings.Join(ruleDoc(list.Rule), " ")
	}
	return lines(blocks, more, deprecated)
}

var (
	articles  = regexp.MustCompile(`^(A|An|The) `)
	questions = regexp.MustCompile(`^(How|What|Where|Whether|Which|Who|Whose) [^?]*$`)
	things    = regexp.MustCompile(`^(A|An|One|The)( [\pL\pN-]+){0,3}(\.( |$)|$| (that|which|who|of|for|with) )`)
	plural    = regexp.MustCompile(`^The( [\pL\pN-]+){0,2} [\pL\pN-]*[^\PLaius]s(\.( |$)|$| (that|which|who|of|for|with) )`)
	states    = regexp.MustCompile(`^\S+( [\pL\pN-]+){1,2} (is|are|was|were|can|cannot|may|must|should|will|has|have|does|do) `)
	actions   = regexp.MustCompile(`^([A-Z][a-z]+s (a|an|all|each|every|how|the|what|where|whether|which)|Allows|Configures|Controls|Defines|Describes|Disables|Enables|Sets|Specifies) `)
	contents  = regexp.MustCompile(`^(Configuration|Definition|Description|List|Map|Name|Number|Options|Parameters|Properties|Set|Settings) (of|for) `)
)

// continued returns a description as the rest of a sentence that begins with the type's
// name, or "" if that would not read well.
func continued(name, text string) string {
	verb := ""
	switch {
	case strings.HasPrefix(text, name+" "):
		return text[len(name)+1:]
	case questions.MatchString(text):
		verb = "defines "
	case things.MatchString(text) && !states.MatchString(text):
		verb = "is "
		if plural.MatchString(text) {
			verb = "describes "
		}
	case contents.MatchString(text):
		verb = "holds the "
	case !actions.MatchString(text):
		return ""
	}
	return verb + strings.ToLower(text[:1]) + text[1:]
}

// described returns the description of s, or its title, or "" if that only repeats
// name.
func described(s *schema.Schema, name string) string {
	text := cmp.Or(s.Description, s.Title)
	if strings.EqualFold(goName(articles.ReplaceAllString(text, "")), name) {
		return ""
	}
	return text
}

// stopped adds a full stop to text if it has none.
func stopped(text string) string {
	if r, _ := utf8.DecodeLastRuneInString(text); unicode.IsLetter(r) || unicode.IsDigit(r) {
		text += "."
	}
	return text
}

// holds returns which part of a configuration a type represents.
func (l *lowerer) holds(d *ir.Decl) string {
	where := placeOf(d.Schema)
	_, isList := d.Named.(*shape.List)
	_, isMap := d.Named.(*shape.Map)
	switch {
	case d.Place.Kind == shape.AsBranch:
		return "is an alternative of " + where
	case d.Union != nil && len(d.Union.Branches) > 0: // an empty union allows nothing
		return "is the type of " + where + ": " + l.branchNames(d.Union)
	case d.Enum != nil:
		return "is the type of " + where + ": one of the constants below"
	case d == l.p.Root:
		return "holds " + where
	case d.Struct != nil:
		return "holds the properties of " + where
	case d.Tuple != nil || isList:
		return "holds the items of " + where
	case isMap:
		return "holds the entries of " + where
	}
	return "is the type of " + where
}

// placeOf returns the path of the values of s, or the place of its definition.
func placeOf(s *schema.Schema) string {
	if s.DefName != "" || s.At.Pointer == "#" && s.Address() != "#" {
		return oneLine(strings.Trim(s.Address(), "#/"))
	}
	var path []string
	tokens := strings.Split(s.At.Pointer, "/")[1:]
	for i := 0; i < len(tokens); i++ {
		k := schema.Named(tokens[i])
		if k == nil {
			continue
		}
		switch k.Under {
		case schema.Member:
			if i++; i < len(tokens) {
				path = append(path, tokens[i])
			}
		case schema.Items:
			path = append(path, "[]")
		case schema.Position:
			if i++; i < len(tokens) {
				path = append(path, "["+tokens[i]+"]")
			}
		case schema.Others:
			path = append(path, "*")
		case schema.Matching:
			path = append(path, "*")
			i++
		}
	}
	if len(path) == 0 {
		return "the configuration"
	}
	text := strings.ReplaceAll(strings.Join(path, "."), ".[", "[")
	return oneLine(strings.NewReplacer("~1", "/", "~0", "~").Replace(text))
}

var (
	deprecatedMark = regexp.MustCompile(`(?i)^\s*\(?deprecated\)?[.:;,!]*\s*`)
	replacement    = regexp.MustCompile(`(?s)^(|.*[.;:]\s+)((Use|Prefer|Replaced by|Superseded by) \S.*)$`)
)

// deprecation splits a description of something deprecated into the description and a
// "Deprecated:" paragraph for Go's tools.
func deprecation(text string, deprecated bool) (rest, note string) {
	if !deprecated {
		return text, ""
	}
	found := deprecatedMark.FindString(text)
	rest = text[len(found):]
	if parts := replacement.FindStringSubmatch(rest); parts != nil {
		rest, note = parts[1], parts[2]
	} else if found != "" && rest != "" {
		rest, note = "", rest
	} else {
		note = "the schema names no replacement."
	}
	return rest, "Deprecated: " + strings.Join(lines(markdown(note)), " ")
}

// fieldDoc returns the description of a property and the rules of its schema.
func (l *lowerer) fieldDoc(f *ir.Field, inStruct bool) []string {
	switch {
	case f.Schema == nil && f.Name == "Rest":
		return []string{"The items after the others."}
	case f.Schema == nil:
		return lines(nil, fieldRules(f))
	}
	s := f.Schema
	for s.Description == "" && s.Title == "" && compile.Same(s) != s {
		s = compile.Same(s)
	}
	text, deprecated := deprecation(described(s, f.Name), f.Deprecated)
	entries := ""
	switch {
	case f.Entries && f.Pattern != "":
		entries = "Properties whose names match " + oneLine(f.Pattern) + "."
	case f.Entries:
		entries = "Undeclared properties."
	case f.Key == "" && inStruct:
		entries = `The property "".`
	}
	return lines(markdown(text), fieldRules(f), deprecated, entries)
}

// fieldRules returns one sentence with what is required, allowed and the default, and
// further ones on how the value is treated.
func fieldRules(f *ir.Field) string {
	var parts []string
	if f.Required {
		parts = append(parts, "required")
	}
	if f.Schema != nil {
		for _, rule := range rulesOf(f.Schema, f.Type) {
			if !slices.Contains(parts, rule) {
				parts = append(parts, rule)
			}
		}
		switch { // the field may not hold the value of the document
		case f.Conditional && f.Schema.DefaultValue() != nil:
			parts = append(parts, "declared by some alternatives only, so its default is not applied")
		case f.Loose && f.Conditional:
			parts = append(parts, "declared by some alternatives only")
		case f.Loose && !f.Entries:
			parts = append(parts, "unset if the value has another type")
		}
	}
	if a, depth := shape.FindAny(f.Type); a != nil && a.Why != "" {
		what := "any, because "
		if depth > 0 {
			what = "holds any, because "
		}
		parts = append(parts, what+a.Why)
	}
	if f.Default != "" && shape.Discloses(f.Type, f.Schema.DefaultValue()) {
		parts = append(parts, "default "+wording.Redacted)
	} else if f.Default != "" {
		parts = append(parts, "default "+oneLine(f.Default))
	}
	var sentences []string
	if len(parts) > 0 {
		sentences = append(sentences, sentence(strings.Join(parts, "; ")))
	}
	if f.Restart {
		sentences = append(sentences, "A change takes effect at the next start.")
	}
	if list, ok := shape.Bare(f.Type).(*shape.List); ok {
		sentences = append(sentences, ruleDoc(list.Rule)...)
	}
	return strings.Join(sentences, " ")
}

// ruleDoc returns how the lists of layers merge and what identifies items.
func ruleDoc(rule shape.ListRule) (sentences []string) {
	switch rule.Merge {
	case "key":
		return []string{"Layers merge items by " + oneLine(rule.Key) + "."}
	case "append":
		sentences = []string{"Layers append items."}
	}
	if rule.Key != "" {
		sentences = append(sentences, "Items are identified by "+oneLine(rule.Key)+".")
	}
	return sentences
}

// rulesOf returns the rules of s, of its references and of its allOf for values of type
// t. Rules for types that the schema does not allow are left out.
func rulesOf(s *schema.Schema, t shape.Type) (parts []string) {
	for _, also := range s.Also() {
		parts = append(parts, rulesOf(also, t)...)
	}
	add := func(kind document.Kind, before, text string) {
		if text != "" && rules.KindsOf(kind)&compile.OwnKinds(s) != 0 {
			parts = append(parts, before+oneLine(text))
		}
	}
	if s.Minimum != "" && s.Maximum != "" && document.CompareNumbers(s.Minimum, s.Maximum) <= 0 {
		add(document.Number, "", s.Minimum+" to "+s.Maximum)
	} else {
		add(document.Number, "at least ", s.Minimum)
		add(document.Number, "at most ", s.Maximum)
	}
	add(document.Number, "more than ", s.Above)
	add(document.Number, "less than ", s.Below)
	add(document.Number, "a multiple of ", s.MultipleOf)
	add(document.String, "", countDoc(s.MinLength, s.MaxLength, wording.Characters))
	add(document.List, "", countDoc(s.MinItems, s.MaxItems, wording.Items))
	members := wording.Properties
	if _, isMap := shape.Core(t).(*shape.Map); isMap {
		members = wording.Entries
	}
	add(document.Object, "", countDoc(s.MinProperties, s.MaxProperties, members))
	if s.UniqueItems {
		add(document.List, "", "unique items")
	}
	add(document.String, "matches ", s.Pattern)
	if f := format.Named(s.Format); f != nil && f.Limits() {
		add(f.Kind, "format ", s.Format)
	}
	if len(s.Examples) > 0 {
		var texts []string
		for _, n := range s.Examples[:min(3, len(s.Examples))] {
			texts = append(texts, oneLine(string(n.AppendJSON(nil))))
		}
		parts = append(parts, "for example "+strings.Join(texts, ", "))
	}
	return parts
}

// countDoc returns the allowed count of a unit, or "" for any.
func countDoc(least, most schema.Count, unit wording.Unit) string {
	switch {
	case least.N > 0 && most.Given && least.N == most.N:
		return "exactly " + unit.Of(most.N)
	case least.N > 0 && most.Given && least.N < most.N:
		return strconv.Itoa(least.N) + " to " + unit.Of(most.N)
	case least.N > 0:
		return "at least " + unit.Of(least.N)
	case most.Given:
		return "at most " + unit.Of(most.N)
	}
	return ""
}

// sentence adds a capital letter and a full stop.
func sentence(text string) string {
	runes := []rune(text)
	runes[0] = unicode.ToUpper(runes[0])
	return strings.TrimSuffix(string(runes), ".") + "."
}

// oneLine returns a text of the schema for one line of a comment.
func oneLine(text string) string {
	text = strings.Map(printable, text)
	if r := []rune(text); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return text
}

// printable replaces characters that could end a comment or mislead a reader: line
// breaks, control characters and marks that change the direction of text.
func printable(r rune) rune {
	if !unicode.IsPrint(r) || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}
