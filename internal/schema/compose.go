package schema

// Compose returns a schema that combines list under keyword, which is allOf or anyOf.
// It is in no file; it takes its place and description from the first schema of list
// that has them.
func Compose(keyword string, list []*Schema) *Schema {
	first := list[0]
	s := &Schema{At: first.At, Node: first.Node, Draft: first.Draft, Resource: first.Resource, in: first.in, keywords: map[string]Place{keyword: first.At}}
	if keyword == "allOf" {
		s.AllOf = list
	} else {
		s.AnyOf = list
	}
	s.composedOf = list
	for _, t := range list {
		s.describe(t)
	}
	return s
}

// Composed returns the schemas that s was composed of with keyword, or s itself.
func (s *Schema) Composed(keyword string) []*Schema {
	if s.composedOf == nil || !s.Has(keyword) {
		return []*Schema{s}
	}
	return s.composedOf
}

// Sources returns the schemas in files that s is composed of, or s itself if it is in a
// file.
func (s *Schema) Sources() (list []*Schema) {
	if s.composedOf == nil {
		return []*Schema{s}
	}
	for _, t := range s.composedOf {
		list = append(list, t.Sources()...)
	}
	return list
}

// describe copies from t the annotations that s does not have.
func (s *Schema) describe(t *Schema) {
	for _, text := range []struct{ to, from *string }{
		{&s.Title, &t.Title}, {&s.Description, &t.Description}, {&s.GoName, &t.GoName}, {&s.GoType, &t.GoType},
		{&s.OneName, &t.OneName}, {&s.Env, &t.Env},
	} {
		if *text.to == "" {
			*text.to = *text.from
		}
	}
	if s.Default == nil {
		s.Default = t.Default
	}
	s.Deprecated = s.Deprecated || t.Deprecated
	s.WriteOnly = s.WriteOnly || t.WriteOnly
	s.Secret = s.Secret || t.Secret
}
