package document

// Limits bound the resources that one file may use. A field of 0 or less means its
// default.
type Limits struct {
	// Bytes is the maximum size of the file, checked before parsing, and of the text
	// that aliases may repeat. The default is 4 MB, the maximum 256 MB.
	Bytes int
	// Nodes is the maximum number of values, with aliases and merge keys expanded. The
	// default is 500,000. In YAML, keys count too, and the count is estimated before
	// parsing, from the characters that can begin a value; a third as many list items or
	// keys are always allowed.
	Nodes int
	// Depth is the maximum nesting of lists and objects. The default is 100, the
	// maximum 10,000.
	Depth int
	// AliasNodes is the maximum number of values that aliases and merge keys may make.
	// The default is 10,000.
	AliasNodes int
}

// maxLimitBytes keeps what is read and decoded below [maxBytes].
const maxLimitBytes = 256 << 20

// maxDepth keeps recursive functions far from the end of the stack. yaml.v3 has the
// same limit.
const maxDepth = 10_000

// WithDefaults returns l with each unset field set to its default.
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
	l.Bytes = min(l.Bytes, maxLimitBytes)
	l.Depth = min(l.Depth, maxDepth)
	return l
}

// TooDeep returns the finding for a value that is nested more than Depth levels deep.
func (l Limits) TooDeep(pos Position) Finding {
	return Finding{Pos: pos, Message: "nested more than " + count(l.Depth) + " levels deep"}
}

// TooMany returns the finding for a file with more than Nodes values.
func (l Limits) TooMany(pos Position) Finding {
	return Finding{Pos: pos, Message: "more than " + count(l.Nodes) + " values in one file"}
}
