// Package audit keeps a log of decisions that shows when somebody has changed it: one
// JSON line for each decision, each with the hash of the one before. [Verify] finds a
// line that was removed, edited or moved.
//
// The line of a decision is written, and synced to the disk, before it is carried
// out. The log is a file of mode 0600 that only one process writes at a time. Beside
// it stand FILE.lock, which that process holds, and FILE.head with the number and
// hash of the last line, by which Verify notices that lines at the end are missing,
// and by which the chain goes on where the file was renamed by log rotation. Give
// Verify the rotated files in order; the log may be written meanwhile.
//
// Whoever can write to the folder can make a whole new chain: against that, copy the
// hash of a line to where they cannot write, and compare (hotbind audit verify
// prints the last one).
package audit
