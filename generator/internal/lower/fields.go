package lower

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/shape"
)

// fields names the fields of a declaration.
func (l *lowerer) fields(d *ir.Decl) {
	for i, f := range d.Decl.Fields() {
		field := &ir.Field{Field: f}
		switch {
		case d.Tuple != nil:
			field.Name = l.positionName(d, f, i)
		case f.Entries:
			field.Name = fieldName(l.entriesName(d, f))
		}
		d.Fields = append(d.Fields, field)
	}
	if d.Struct != nil {
		l.propertyNames(d)
	}
	l.nameFields(d)
}

// positionName returns the name of a position of a tuple.
func (l *lowerer) positionName(d *ir.Decl, f *shape.Field, i int) string {
	switch s := f.Schema; {
	case f == d.Tuple.Rest:
		return "Rest"
	case s.GoName != "":
		l.checkGoName(s, "x-go-name", s.GoName)
		return fieldName(s.GoName)
	case s.Title != "" && len(s.Title) <= 30:
		return fieldName(goName(s.Title))
	}
	return "Item" + strconv.Itoa(i+1)
}

// entriesName returns the name of a map of undeclared properties.
func (l *lowerer) entriesName(d *ir.Decl, f *shape.Field) string {
	switch {
	case f.Pattern == "" && f == d.Struct.Extra:
		return "Extra"
	case f.Schema.GoName != "":
		return f.Schema.GoName
	case len(d.Struct.Patterns) > 1:
		return "Matching" + patternName(f.Pattern)
	}
	return "Matching"
}

var patternSigns = regexp.MustCompile(`\\[dDwWsSbB]|\[[^\]]*\]|[^A-Za-z0-9]+`)

// patternName returns a pattern without its special characters.
func patternName(pattern string) string {
	name := goName(patternSigns.ReplaceAllString(pattern, " "))
	if name == "Empty" || len(name) > 24 {
		return ""
	}
	return name
}

// propertyNames names the fields of properties. If several would get the same name, all
// of them are spelled out, so that their order does not matter; x-go-name always wins.
func (l *lowerer) propertyNames(d *ir.Decl) {
	var list []*ir.Field
	plain := map[*ir.Field]string{}
	count := map[string]int{}
	for _, f := range d.Fields {
		if f.Entries {
			continue
		}
		if f.Name = l.ownName(f); f.Name == "" {
			f.Name = fieldName(goName(f.Key))
		}
		list, plain[f] = append(list, f), f.Name
		count[f.Name]++
	}
	again := map[string]int{}
	for _, f := range list {
		if count[plain[f]] > 1 && l.ownName(f) == "" {
			f.Name = fieldName(exported(spelled(f.Key), f.Key))
		}
		again[f.Name]++
	}
	for _, f := range list {
		if again[f.Name] > 1 && l.ownName(f) == "" {
			f.Name += hashed(f.Key)
		}
		if f.Name != plain[f] {
			l.Warnf(f.At, "go-name-clash", "set x-go-name to choose a name", "%s shares the field name %s with another property and becomes %s",
				strconv.Quote(oneLine(f.Key)), plain[f], f.Name)
		}
	}
}

// ownName returns the name set by x-go-name, or "".
func (l *lowerer) ownName(f *ir.Field) string {
	i := slices.IndexFunc(f.Said, func(s *schema.Schema) bool { return s.GoName != "" })
	if i < 0 {
		return ""
	}
	l.checkGoName(f.Said[i], "x-go-name", f.Said[i].GoName)
	return fieldName(f.Said[i].GoName)
}

// nameFields names the methods of bindings, and reports fields with the same name.
func (l *lowerer) nameFields(d *ir.Decl) {
	seen := map[string]*ir.Field{}
	methods := map[string]bool{}
	for _, f := range d.Fields {
		for f.Entries && seen[f.Name] != nil {
			f.Name += "Entries"
		}
		if prev := seen[f.Name]; prev != nil {
			l.Errorf(f.At, "go-name-clash", "change the x-go-name of one of them",
				"%s and %s (line %d) both get the field name %s", spelling(f), spelling(prev), prev.At.Pos.Line, f.Name)
		}
		seen[f.Name] = f
	}
	for _, f := range d.Fields {
		for f.Method = methodName(f.Name, d == l.p.Root); methods[f.Method] || f.Method != f.Name && seen[f.Method] != nil; {
			f.Method += "Field"
		}
		methods[f.Method] = true
	}
}

// spelling returns the key of a field as in the schema.
func spelling(f *ir.Field) string {
	if f.Entries {
		return f.At.Pointer
	}
	return strconv.Quote(f.Key)
}
