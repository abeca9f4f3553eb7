package rules

// A seen is which properties or items of one value some rule has evaluated, for
// unevaluatedProperties and unevaluatedItems. A nil one is not asked for.
type seen struct {
	all  bool
	some []bool // by number
	// unsure says that a fault left open what would have been evaluated.
	unsure bool
}

// mark says that number i of so many is evaluated.
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

func (s *seen) doubt() {
	if s != nil {
		s.unsure = true
	}
}

func (s *seen) marked(i int) bool { return s.all || s.some != nil && s.some[i] }

// merge adds what other has seen of the same value.
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
