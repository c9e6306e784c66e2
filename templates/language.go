package templates

import (
	"fmt"
	"regexp"
	"strings"

	"vanthu/record"
)

// The language of forms, by what stands between braces:
//
//	{x} {a.b}         the value x, or b inside a
//	{.}               the item of the loop itself, when items are texts
//	{$.a.b}           a.b from the top, whatever loop one is in
//	{#x} ... {/x}     once per item of the list x; once when x is a text or a
//	                  group; not at all when x is absent or empty
//	{^x} ... {/x}     once when x is absent or empty
//	{/}               closes what was opened last
//	{$I} {$1} {$a}    the position in the innermost loop: I II III, 1 2 3,
//	                  a b c d đ e g (the Vietnamese alphabet)
//	{./.}             end of the body: puts the end mark ./. behind the last
//	                  paragraph and keeps it on one page with what follows
//
// Inside a loop over groups a name means the group's own value and nothing
// else, so that an absent title is never replaced by the title one level up.
// A paragraph that holds nothing but opening and closing tags vanishes; tags
// that open and close in cells repeat the table rows between them. There are no
// expressions: a form is data.
type tagKind byte

const (
	tagValue tagKind = iota
	tagOpen
	tagInverted
	tagClose
	tagCounter
	tagEndMark
)

// tag is one tag with its place in the form.
type tag struct {
	kind tagKind
	path []string // names from the scope; empty for {.} and {/}
	root bool     // from the top
	text string   // between the braces
	site site
}

// site is where a tag stands, for messages.
type site struct {
	part      string
	paragraph int // counted from 1 within the part
	near      string
}

func (s site) place() string {
	if s.paragraph == 0 {
		return ""
	}
	return fmt.Sprintf("đoạn %d", s.paragraph)
}

// opens says whether the tag begins a section.
func (t tag) opens() bool { return t.kind == tagOpen || t.kind == tagInverted }

// steers says whether the tag controls paragraphs and prints nothing.
func (t tag) steers() bool { return t.opens() || t.kind == tagClose || t.kind == tagEndMark }

func (t tag) name() string { return strings.TrimLeft(t.text, "#^/ ") }

const (
	maxTag     = 200    // characters between braces
	maxTags    = 20_000 // in one form
	maxSection = 30     // sections within sections
)

var tagName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_-]*(\.[\p{L}_][\p{L}\p{N}_-]*)*$`)

// parseTag reads what stands between braces.
func parseTag(text string) (tag, error) {
	text = strings.Trim(text, " \t\u00a0")
	t := tag{text: text}
	rest := text
	switch {
	case text == "./.":
		t.kind = tagEndMark
		return t, nil
	case text == "$I" || text == "$1" || text == "$a":
		t.kind = tagCounter
		return t, nil
	case strings.HasPrefix(text, "#"):
		t.kind, rest = tagOpen, text[1:]
	case strings.HasPrefix(text, "^"):
		t.kind, rest = tagInverted, text[1:]
	case strings.HasPrefix(text, "/"):
		t.kind, rest = tagClose, text[1:]
	}
	rest = strings.Trim(rest, " \u00a0")
	switch {
	case rest == "." && !t.opens(), rest == "" && t.kind == tagClose:
		return t, nil
	case strings.HasPrefix(rest, "$."):
		t.root, rest = true, rest[2:]
	}
	if !tagName.MatchString(rest) {
		return t, fmt.Errorf("thẻ {%s} không đúng cú pháp", text)
	}
	t.path = strings.Split(rest, ".")
	return t, nil
}

// counter writes position n (from 1) in the manner of a counter tag.
func counter(manner string, n int) string {
	switch manner {
	case "$I":
		return record.Roman(n)
	case "$a":
		return record.PointLetter(n)
	}
	return fmt.Sprint(n)
}
