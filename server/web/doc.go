// Package web is what the pages load besides their HTML: one style sheet, a
// little script of our own, and, pinned and built in, the web face, the PDF
// viewer and the API browser, so that no page ever asks another server.
//
//	scripts/vendor ─▶ assets/npm ─┐
//	assets/*.css, *.js ───────────┴▶ Load ─▶ Files.Open(name) ─▶ the server
//
// It speaks no HTTP. Names of files change with their content only through
// Version, which the server puts into their address; what is served there may
// be kept for ever. Every page works without the scripts; they only ease it.
package web
