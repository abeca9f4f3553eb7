package lower

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
)

// docWidth is the width at which comments are wrapped.
const docWidth = 76

// declDoc is what is said of a declared type behind its name, which is put in
// front of it when it is settled: what it is, and how the schema describes it.
func (l *lowerer) declDoc(s *schema.Schema) []string {
	lines := []string{"is " + whatIs(s)}
	text := s.Description
	if text == "" && s.At.Pointer != "#" {
		text = s.Title
	}
	if text != "" {
		lines = append(append(lines, ""), wrap(text)...)
	}
	if s.Deprecated {
		lines = append(lines, "", "Deprecated: the schema marks it so.")
	}
	return lines
}

// whatIs says where in a configuration a value of the type stands.
func whatIs(s *schema.Schema) string {
	switch {
	case s.At.Pointer == "#" && s.Address() != "#":
		return "the file " + oneLine(strings.TrimSuffix(s.Address(), "#")) + " of the schema."
	case s.At.Pointer == "#" && s.Title != "":
		return "the configuration: " + strings.TrimSuffix(oneLine(s.Title), ".") + "."
	case s.At.Pointer == "#":
		return "the configuration."
	case s.DefName != "":
		return "the definition " + oneLine(s.DefName) + " of the schema."
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
		return "an alternative of the configuration."
	}
	text := strings.ReplaceAll(strings.Join(path, "."), ".[", "[")
	return "a value of " + oneLine(strings.NewReplacer("~1", "/", "~0", "~").Replace(text)) + "."
}

// fieldDoc is the description of a property and what its schema asks of it.
func (l *lowerer) fieldDoc(f *ir.Field) []string {
	switch {
	case f.Schema == nil && f.Name == "Rest":
		return []string{"Further items."}
	case f.Schema == nil:
		return fieldRules(f)
	}
	described := f.Schema
	for described.Description == "" && described.Title == "" && compile.Same(described) != described {
		described = compile.Same(described)
	}
	text := described.Description
	if text == "" {
		text = described.Title
	}
	lines := wrap(text)
	rules := fieldRules(f)
	if len(lines) > 0 && len(rules) > 0 {
		lines = append(lines, "")
	}
	lines = append(lines, rules...)
	if f.Deprecated {
		lines = append(lines, "", "Deprecated: the schema marks it so.")
	}
	if f.Entries && len(lines) > 0 {
		lines = append(lines, "")
	}
	switch {
	case f.Entries && f.Pattern != "":
		lines = append(lines, "Properties whose names match "+oneLine(f.Pattern)+".")
	case f.Entries:
		lines = append(lines, "Properties that are not declared.")
	}
	return lines
}

// notesOf says when a field does not hold what the document has.
func notesOf(f *ir.Field) []string {
	switch {
	case f.Conditional && f.Schema.DefaultValue() != nil:
		return []string{"declared by some alternatives only, so that its default is not applied"}
	case f.Loose && f.Conditional:
		return []string{"declared by some alternatives only"}
	case f.Loose && !f.Entries:
		return []string{"not set where the value is of another type"}
	}
	return nil
}

// fieldRules says in one sentence what is required, allowed and assumed.
func fieldRules(f *ir.Field) []string {
	var parts []string
	if f.Required {
		parts = append(parts, "required")
	}
	if f.Schema != nil {
		for _, rule := range rulesOf(f.Schema) {
			if !slices.Contains(parts, rule) {
				parts = append(parts, rule)
			}
		}
	}
	if f.Schema != nil {
		parts = append(parts, notesOf(f)...)
	}
	if a, depth := shape.FindAny(f.Type); a != nil && a.Why != "" {
		what := "any, because "
		if depth > 0 {
			what = "holds any, because "
		}
		parts = append(parts, what+a.Why)
	}
	if f.Default != "" {
		parts = append(parts, "default "+oneLine(f.Default))
	}
	var sentences []string
	if len(parts) > 0 {
		sentences = append(sentences, sentence(strings.Join(parts, "; ")))
	}
	return wrap(strings.Join(append(sentences, marksOf(f)...), " "))
}

// marksOf says how a value is treated.
func marksOf(f *ir.Field) (sentences []string) {
	if f.Restart {
		sentences = append(sentences, "A change waits for the next start.")
	}
	if list, ok := shape.Bare(f.Type).(*shape.List); ok {
		sentences = append(sentences, ruleDoc(list.Rule)...)
	}
	return sentences
}

// ruleDoc says how the lists of layers meet and what tells items apart.
func ruleDoc(rule shape.ListRule) (sentences []string) {
	switch rule.Merge {
	case "key":
		return []string{"Layers merge by " + oneLine(rule.Key) + "."}
	case "append":
		sentences = []string{"Layers append."}
	}
	if rule.Key != "" {
		sentences = append(sentences, "Told apart by "+oneLine(rule.Key)+".")
	}
	return sentences
}

// namedDoc is declDoc of a type of its own over t.
func (l *lowerer) namedDoc(s *schema.Schema, t shape.Type) []string {
	lines := l.declDoc(s)
	if list, ok := t.(*shape.List); ok && len(ruleDoc(list.Rule)) > 0 {
		lines = append(lines, "", strings.Join(ruleDoc(list.Rule), " "))
	}
	return lines
}

// rulesOf says what s, what it refers to and the members of its allOf ask of a
// value.
func rulesOf(s *schema.Schema) (parts []string) {
	for _, t := range s.Also() {
		parts = append(parts, rulesOf(t)...)
	}
	return append(parts, valueRules(s)...)
}

// valueRules says what s asks of a value.
func valueRules(s *schema.Schema) (parts []string) {
	parts = append(parts, numberDoc(s)...)
	parts = append(parts, countDoc(s.MinLength, s.MaxLength, "character")...)
	parts = append(parts, countDoc(s.MinItems, s.MaxItems, "item")...)
	parts = append(parts, countDoc(s.MinProperties, s.MaxProperties, "property")...)
	if s.UniqueItems {
		parts = append(parts, "all items differ")
	}
	if s.Pattern != "" {
		parts = append(parts, "matches "+oneLine(s.Pattern))
	}
	if s.Format != "" {
		parts = append(parts, "format "+oneLine(s.Format))
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

func numberDoc(s *schema.Schema) (parts []string) {
	switch {
	case s.Minimum != "" && s.Maximum != "":
		parts = append(parts, s.Minimum+" to "+s.Maximum)
	case s.Minimum != "":
		parts = append(parts, "at least "+s.Minimum)
	case s.Maximum != "":
		parts = append(parts, "at most "+s.Maximum)
	}
	if s.Above != "" {
		parts = append(parts, "more than "+s.Above)
	}
	if s.Below != "" {
		parts = append(parts, "less than "+s.Below)
	}
	if s.MultipleOf != "" {
		parts = append(parts, "a multiple of "+s.MultipleOf)
	}
	return parts
}

func countDoc(least, most schema.Count, unit string) []string {
	units := unit + "s"
	if unit == "property" {
		units = "properties"
	}
	amount := func(n int) string {
		if n == 1 {
			return "1 " + unit
		}
		return strconv.Itoa(n) + " " + units
	}
	switch {
	case least.N > 0 && most.Given && least.N == most.N:
		return []string{"exactly " + amount(least.N)}
	case least.N > 0 && most.Given:
		return []string{strconv.Itoa(least.N) + " to " + amount(most.N)}
	case least.N > 0:
		return []string{"at least " + amount(least.N)}
	case most.Given:
		return []string{"at most " + amount(most.N)}
	}
	return nil
}

// sentence gives text a capital and a full stop.
func sentence(text string) string {
	runes := []rune(text)
	runes[0] = unicode.ToUpper(runes[0])
	text = string(runes)
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// oneLine keeps a text of the schema on one line of a comment.
func oneLine(text string) string {
	text = strings.Map(printable, text)
	if r := []rune(text); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return text
}

// printable replaces what could end a comment or change what a reader sees: line
// breaks, control characters and marks that turn the direction of text.
func printable(r rune) rune {
	if !unicode.IsPrint(r) || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}

// wrap breaks a text into lines of a comment. Its paragraphs stay apart.
func wrap(text string) []string {
	text = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text))
	if text == "" {
		return nil
	}
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(strings.Map(printable, paragraph))
		if len(words) == 0 {
			if len(lines) > 0 && lines[len(lines)-1] != "" {
				lines = append(lines, "")
			}
			continue
		}
		line := words[0]
		for _, word := range words[1:] {
			if len(line)+1+len(word) > docWidth {
				lines = append(lines, line)
				line = word
				continue
			}
			line += " " + word
		}
		lines = append(lines, line)
	}
	return lines
}
