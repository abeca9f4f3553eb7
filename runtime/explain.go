package runtime

// An Explanation says where a value comes from.
type Explanation struct {
	Path string
	// Value is the value in force as JSON, secrets hidden, with what defaults fill
	// in; "" where there is none.
	Value string
	// Said is what each layer says of the value, the strongest first, and at last
	// the default of the schema. The first is where the value comes from, except
	// that objects, and lists as x-merge says, are merged from all of them.
	Said []Saying
	// PendingRestart is the value that waits for the next start, as JSON; "" where
	// none does.
	PendingRestart string
}

// A Saying is what one layer says of a value.
type Saying struct {
	Layer string   // the source's name, [APIName] or [DefaultName]
	Pos   Position // where; a File alone for a source without lines
	Value string   // as JSON, secrets hidden; null removes what weaker layers say
}
