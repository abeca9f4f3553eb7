// Package history keeps revisions on disk: accepted configurations, and backups of the
// files that they were read from. Services pass [Store] to Open; tools read a store with
// [OpenReadOnly].
//
// # The store
//
//	store/                          0700
//	  format                        the number of the format, 1
//	  lock                          locked by the process that uses the store; empty
//	  holder.json                   that process: id, program, host, start time
//	  index.json                    the list of revisions and the highest id ever used
//	  revisions/0000000007.json     one revision, schemas/revision.schema.json
//	  backups/0000000007/           the files that revision 7 was read from
//	    manifest.json               their paths, schemas/backup.schema.json
//	    1-config.yaml               one of them, byte for byte
//
// Files have mode 0600 because they hold secrets in the clear. All are text: a revision
// is indented JSON with the configuration under config, with numbers in their original
// notation. A backup holds plain copies that can be copied back by hand.
//
// A revision, the index and a manifest end with the line
//
//	"sha256": "…"
//
// which is the SHA-256 of all bytes before that line. A file that was edited, cut or
// emptied does not match. It is reported by name ([DamagedError]) and not used; it is
// removed only when the retention removes its revision. A backup's manifest has the
// SHA-256 of each file beside it.
//
// The revisions are authoritative. The index is a copy of parts of them, so that a store
// with thousands of revisions opens without reading them all. It is written when the
// store is opened and closed and after every 256 changes. On Open, missing entries are
// read from the revisions and superfluous ones dropped; a missing or damaged index is
// rebuilt. Ids rise regardless of the clock, and none is used twice: the newest revision
// has the highest id, is never removed, and is in the index too. A damaged file counts as
// well if its id is at most 1,000 above those in the index and in valid files; any other
// is ignored. Ids start again from 1 only if the index and all revisions above 1,000 are
// damaged at once.
//
// # Durability
//
// Every file is written as .hotbind-….tmp beside its place, synced and renamed, and then
// the folder is synced. A backup is written the same way, as a folder. So:
//
//   - After [History.Add] or [History.SaveBackup] returns nil, the new data survives
//     kill -9 and a loss of power.
//   - If either is interrupted, the new data is there completely or not at all, and older
//     data is unchanged. The next [Open] removes half-written files.
//   - If the disk is full, read-only or failing, Add keeps the revision in memory and
//     returns a [SaveError]; the next Add saves it first. If the folder is removed, it is
//     created again with the revisions that are still in memory.
//   - If a file is damaged, the others are not affected: [History.Latest] skips it and
//     reports it.
//   - If the index, the lock or holder.json is lost, no revision is lost.
//
// Only one process at a time can use a store; a second one gets a [LockedError] that
// names the first. The system releases the lock when its holder ends. A store with a
// newer format is refused and not changed ([FormatError]), and so is a folder that other
// users can write. The store never follows symbolic links inside its folder.
package history
