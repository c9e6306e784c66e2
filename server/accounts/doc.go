// Package accounts is who may use the service: local accounts with argon2id
// passwords, the sessions of browsers and the tokens of programs.
//
// All of it is working state (storage.WorkStore): names can be erased, and
// nothing here has legal weight. What an account may do is not kept here but in
// the system journal (record.Grant), which knows accounts by their opaque ids
// alone.
//
//	accounts/<id>             the account: name, password hash, tokens' facts
//	logins/<user name>        its id
//	sessions/<SHA-256>        of the cookie's value: account, begin, last use
//	tokens/<SHA-256>          of the token's value: its account
//	searches/<id>             the questions that an account keeps
//	nobody/<n>                read and written when a name is tried that nobody has
//
// The package knows no HTTP. It never keeps a password, cookie or token in a
// form that could be used again.
package accounts
