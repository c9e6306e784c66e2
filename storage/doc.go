// Package storage keeps what a records office must never lose, and finds it
// again.
//
// Layers, each knowing only the one below:
//
//	Store, WorkStore   two drivers, filesystem and MinIO, held to one contract:
//	                   Store creates a key once and never changes it; WorkStore
//	                   keeps what may change, by compare-and-swap
//	Archive            blobs and manifests under their own SHA-256, journals
//	                   entry by entry
//	Log                a Merkle log over each journal, with signed checkpoints
//	States, Index      disposable folds of the journals: the state that commands
//	                   decide on, and the SQLite index that people search: FTS5
//	                   finds and ranks words (query.go says how people write
//	                   them), a card per document in memory lists and counts
//
// A server that goes away is noticed by the MinIO driver's guard: what waits for
// it, and what comes later, is refused as Unavailable until it answers again.
//
// Writing goes blobs, then manifest, then the journal entry that names them: the
// entry is the commit. A process killed in between leaves blobs that nothing
// names, and Audit lists them as orphans. Reading checks every digest; what does
// not match is reported as Damaged and never handed out. Whatever lies in the
// index folder may be deleted at any time.
//
// What keeps an archive for decades stands beside: Audit reads everything again,
// Copy, BackupWork and Drill keep a second place and prove that it restores,
// Repair puts good copies in the place of damaged ones, Locks keep objects as
// long as the retention of their documents says.
//
// The package decides no rule of the office: record.Apply does. It never deletes
// anything of the archive, and changes nothing but what it finds damaged.
package storage
