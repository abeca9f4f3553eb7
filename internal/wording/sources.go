package wording

// StandsIn is the warning that the last good content of a source is used in place of what
// its store holds now.
const StandsIn = "a source cannot be read: its last good content stands in"
