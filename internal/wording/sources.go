package wording

// StandsIn is the warning that a source cannot be read and its last good content is used.
const StandsIn = "a source cannot be read: its last good content is used"
