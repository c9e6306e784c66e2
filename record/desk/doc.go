// Package desk is what the people of a records office do: the use cases, each
// a command of record.Transitions, and the interfaces they consume.
//
// A command reads the journal's state, prepares what it needs (a filled form, a
// signature), stores the bytes, and appends one entry. The entry is the commit:
// nothing is answered before it is durable, and what a command left behind
// before its entry is harmless. When someone else appended first, the command
// decides again on the new state.
//
// Three things wait beside the journals: signatures for their value (Waiting),
// issued documents for evidence that somebody was not there to give (Keeper),
// and documents that were to go the whole way at once (Resume).
//
// The desk keeps no state of its own and knows no file, no network and no
// library: forms, converter, signer and archive come in as interfaces.
package desk
