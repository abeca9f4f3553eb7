// Package history keeps revisions on disk: accepted configurations with all that is
// needed to restore them, and backups of the files they were read from.
// Services pass [Store] to Open; tools read a store with [OpenReadOnly].
//
// # The store
//
//	store/                          0700
//	  format                        the number of the format, 1
//	  lock                          locked by who uses the store; always empty
//	  holder.json                   who that is: process, program, host, since when
//	  index.json                    the list of revisions and the highest id ever used
//	  revisions/0000000007.json     one revision, schemas/revision.schema.json
//	  backups/0000000007/           the files that revision 7 was read from
//	    manifest.json               where they were, schemas/backup.schema.json
//	    1-config.yaml               one of them, byte for byte
//
// Files have mode 0600, for they hold secrets in the clear. All are text: a
// revision is indented JSON with the configuration under config, its numbers as
// they were written, and a file of a backup can be copied back by hand.
//
// A revision, the index and a manifest end with the line
//
//	"sha256": "…"
//
// which is the SHA-256 of all bytes before that line. A file of which a byte was
// changed, that was cut or that is empty does not match it. Such a file is
// reported by its name ([DamagedError]), is not used, and is not removed before
// its time. A backup's manifest has the SHA-256 of each file beside it.
//
// The revisions themselves are the truth and the index is a copy of what is in
// them, kept so that a store with thousands opens without all of them being read.
// It is written when the store is opened and closed and every 256 changes. What
// it lacks is read from the revisions, what it has too much is dropped; where it
// is missing or damaged it is made anew. Ids rise regardless of the clock, and
// none is used twice: the newest revision, which has the highest, is never
// removed, and the index has it too. A damaged file counts as well if its id is at
// most 1,000 above what the index states and what verifies; any other was not made
// here and is left alone. Only after the index and all revisions above 1,000 were
// damaged at once do ids begin anew.
//
// # What survives what
//
// Every file is written beside its place, as .hotbind-….tmp, synced, renamed to
// its name, and the folder is synced. A backup is written as a folder beside its
// place, likewise. So:
//
//   - When [History.Add] or [History.SaveBackup] has returned nil, what was added
//     is still there after kill -9 and after a loss of power.
//   - When either is cut short, what was added is there whole or not at all, and
//     everything older is as it was. What was left half written is removed by the
//     next [Open].
//   - When the disk is full, read-only or failing, Add keeps the revision in
//     memory and returns a [SaveError]; the next Add saves it first. When the
//     folder is removed it is made again, with what is still in memory.
//   - When a file is damaged the others are not affected: [History.Latest] passes
//     it over and names it.
//   - When the index, the lock or the holder is lost nothing is.
//
// One process at a time uses a store; a second one gets a [LockedError] that
// names the first. The system releases the lock when its holder ends. A store
// with a newer format is refused and left as it is ([FormatError]), and so is a
// folder in which other users could write. Nothing in a store is reached through
// a symbolic link.
package history
