// Package audit keeps a tamper-evident log of decisions: one JSON line per decision, each
// with the hash of the line before. [Verify] finds lines that were removed, edited or moved.
//
// The line of a decision is written and synced before the decision is carried out. The log
// is a file of mode 0600 that one process writes at a time. That process locks FILE.lock.
// FILE.head has the number and hash of the last line: with it, Verify detects that lines at
// the end are missing, and the chain continues after log rotation. Pass the rotated files
// to Verify in order; the log may be written meanwhile.
//
// Someone who can write to the folder can make a whole new chain. To detect that, copy the
// hash of a line to a place that they cannot write, and compare; hotbind audit verify prints
// the last hash.
package audit
