package rules

// A seen records which properties or items of one value some rule has evaluated, for
// unevaluatedProperties and unevaluatedItems. nil records nothing.
type seen struct {
	all  bool
	some []bool // by number
	// unsure reports that a violation left open what would have been evaluated.
	unsure bool
}

// mark records number i of of as evaluated.
func (s *seen) mark(i, of int) {
	if s == nil || s.all {
		return
	}
	if s.some == nil {
		s.some = make([]bool, of)
	}
	s.some[i] = true
}

func (s *seen) markAll() {
	if s != nil {
		s.all = true
	}
}

func (s *seen) leaveOpen() {
	if s != nil {
		s.unsure = true
	}
}

func (s *seen) marked(i int) bool { return s.all || s.some != nil && s.some[i] }

// merge adds what other records about the same value.
func (s *seen) merge(other *seen) {
	if s == nil || other == nil {
		return
	}
	s.all = s.all || other.all
	s.unsure = s.unsure || other.unsure
	for i, marked := range other.some {
		if marked {
			s.mark(i, len(other.some))
		}
	}
}
