// Package server puts the desk behind HTTP: a JSON API described by OpenAPI 3.1
// and plain Vietnamese pages, for people with accounts and roles.
//
// A request goes one way: middleware (request id, log, limits, headers) ->
// authorize, which alone decides who may do what -> the route's handler, one
// call of the desk, the index or the accounts -> answer. What goes wrong comes
// back as an error and becomes a problem (RFC 9457) or an error page in one
// place, problem.go.
//
// The table of routes (routes.go, pages.go) says of each route what it is, what
// it takes and who may use it; gin's routes and the OpenAPI document are both
// made from it. The package decides nothing about documents: the desk does.
package server
