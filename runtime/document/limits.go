package document

// Limits bound what one file may make of itself. A field of 0 or less means its
// default.
type Limits struct {
	// Bytes is the size of the file, checked before anything is parsed, and
	// also the amount of text that aliases may repeat. The default is 4 MB.
	Bytes int
	// Nodes is the number of values, aliases and merge keys counted as if they
	// were written out. The default is 500,000. In YAML keys count as well, and
	// the count is made before parsing, from the characters that can begin a
	// value: a third as many list items or keys are always possible.
	Nodes int
	// Depth is how many lists and objects may stand inside one another. The
	// default is 100, and no more than 10,000 is possible.
	Depth int
	// AliasNodes is the number of values that aliases and merge keys may make.
	// The default is 10,000.
	AliasNodes int
}

// maxDepth keeps the recursive readers, and all that walk a tree after them, far
// from the end of the stack. It is also as deep as yaml.v3 goes.
const maxDepth = 10_000

// WithDefaults returns l with the default of each field that is not set.
func (l Limits) WithDefaults() Limits {
	orDefault := func(limit *int, value int) {
		if *limit <= 0 {
			*limit = value
		}
	}
	orDefault(&l.Bytes, 4<<20)
	orDefault(&l.Nodes, 500_000)
	orDefault(&l.Depth, 100)
	orDefault(&l.AliasNodes, 10_000)
	l.Depth = min(l.Depth, maxDepth)
	return l
}

// TooDeep returns the finding for a value that stands deeper than Depth.
func (l Limits) TooDeep(pos Position) Finding {
	return Finding{Pos: pos, Message: "nested more than " + count(l.Depth) + " levels deep"}
}

// TooMany returns the finding for a file with more than Nodes values.
func (l Limits) TooMany(pos Position) Finding {
	return Finding{Pos: pos, Message: "more than " + count(l.Nodes) + " values in one file"}
}
