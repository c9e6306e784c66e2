// Package filter is what a form prints where it says {x|filter}: dates, numbers,
// amounts in words and ordinals as Vietnamese documents write them; and what
// keeps a line from breaking inside a number with its unit or inside a symbol.
//
// Data flows like this:
//
//	names of a tag ── Parse: known? in an order that fits? ──▶ Chain   once, when a form is loaded
//	text of a value ── Chain.Apply ──▶ text to print, or an error      at each fill
//	text to print ── Unbroken ──▶ the same text, tied where it must not break
//
// A value comes as the text it had in JSON: a date "2020-03-05", a number
// "1234567.89" or "1.5e3", any other text as it is. Numbers are decimal digits
// from end to end, never floating point: what was given is what is printed. A
// number must come from a JSON number; of a JSON string "1.234" nobody could say
// whether it means a thousand or one.
//
// Amounts of money in words need no filter of their own: a form says
// {amount|words|capital} đồng.
//
// The package keeps no state, knows no template and no document, and guesses
// nothing: a value that a filter cannot take is an error. Errors are
// *record.Error of kind Invalid; a caller that knows the place makes a
// record.Fault of their Code and Message. The codes are filter-unknown,
// filter-order, not-a-date, not-a-number, not-an-ordinal and number-too-long.
package filter
