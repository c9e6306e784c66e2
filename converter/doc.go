// Package converter turns a DOCX package into PDF/A-2b: tagged, fonts embedded,
// every bookmark of the DOCX a named destination of the PDF (the signer finds
// its slots by them).
//
// It never looks inside the text, fills, signs or keeps anything, and it never
// loads LibreOffice into the calling process. The work is done by a Pool of
// worker processes, each with LibreOffice loaded once and reused:
//
//	Convert ─▶ package check ─▶ bounded queue ─▶ idle worker ══pipe══▶ LibreOffice
//	           (docx.go)         (pool.go)       (process.go)          (worker.go, lok.go)
//	PDF  ◀───────────────────────────────────────══pipe══◀── PDF/A-2b
//
// A worker is this same program started again (Config.Command), with RunWorker
// as the body of that hidden command. It is expendable: whatever a document
// does to it costs that document one error and nobody else anything.
//
// # What confines a worker
//
// Documents are hostile. Each worker has its own copy of a profile in which
// linked content, macros, locks and recent documents are off, and its own
// process group, address space limit, CPU limit and wall clock. Around that:
//
//   - seccomp filter (sandbox.go): no sockets of any kind, no new programs, no
//     child processes. Needs no privilege; holds in containers too.
//   - Landlock, kernel 5.13 and later: reads only the system, LibreOffice, fonts
//     and its own scratch folder; writes only the latter. Needs no privilege.
//   - a network namespace of its own, where the process may make one: as root,
//     or through a user namespace. Usually refused inside containers, where the
//     seccomp filter already denies the network.
//
// What does not hold is logged once, as a warning, when the first worker is up.
//
// # Files
//
// Everything lies in Config.Dir: one warm profile, and one run-* folder per
// living Pool, held by a lock that the kernel drops with the process. The next
// New removes the folders of the dead.
package converter
