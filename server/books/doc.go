// Package books makes the tables that a records office prints: the bound register
// of outgoing documents with its ten columns, the register of copies, and the
// reports on a year (NĐ 30/2020, Điều 16.2.b, Phụ lục IV; Phụ lục VI, output of
// the system). It says what stands in them; sheet writes them, converter makes
// the PDF, storage knows the lines.
package books
