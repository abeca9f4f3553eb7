package schema

// Compose is a schema that says, in keyword (allOf or anyOf), what the schemas of
// list say together or alternatively. It stands in no file: its place and what
// describes it are those of the first of them that has any.
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

// Composed are the schemas that s was composed of with that keyword; s itself, if it was
// not.
func (s *Schema) Composed(keyword string) []*Schema {
	if s.composedOf == nil || !s.Has(keyword) {
		return []*Schema{s}
	}
	return s.composedOf
}

// Sources are the schemas of the files that s is composed of: s itself, if it stands in
// one.
func (s *Schema) Sources() (list []*Schema) {
	if s.composedOf == nil {
		return []*Schema{s}
	}
	for _, t := range s.composedOf {
		list = append(list, t.Sources()...)
	}
	return list
}

// describe takes over from t what s has not said yet.
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
