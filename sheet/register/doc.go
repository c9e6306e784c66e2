// Package register reads a register of outgoing documents that was kept in a
// spreadsheet, so that it can go on in this service: the ten columns of NĐ
// 30/2020, Phụ lục IV, in any order and spelling, one sheet for the year or one
// for each month.
//
//	sheet.Read ─▶ columns by their titles ─▶ lines ─▶ numbers 1..N, days in order ─▶ []record.Imported
//
// It says every fault at once, with sheet, row and column, and gives lines only
// when there is none: a register is entered whole or not at all. It enters
// nothing itself.
package register
