// Package post sends one e-mail to one recipient by SMTP (RFC 5321, as a client
// that submits to the office's own mail server).
//
//	Letter ─▶ check (all faults at once) ─▶ connect, STARTTLS, AUTH ─▶ compose (MIME)
//	       ─▶ MAIL, RCPT, DATA ─▶ Receipt: what the server answered
//
// What the server answers decides the error: one that may pass by itself, or
// that an administrator has to mend, is of kind Unavailable and the same letter
// is sent again later (Delay says when); a letter or recipient that is refused
// for good is Invalid or Conflict. The server's own words are the cause, an
// *Answer.
//
// The package keeps nothing, queues nothing and knows no documents. It never
// sends a password without TLS to another machine, and nothing that is put into
// a Letter can become a header or command of its own.
package post
