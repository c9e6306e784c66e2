package main

import (
	"fmt"
	"strings"
)

// What a body is made of. Every function writes paragraphs with their tags; the
// names are those of schema.go.

// texts is the loop over plain paragraphs under name.
func texts(style, name string) string {
	return tag("{#"+name+"}") + p(style, run("{.}")) + tag("{/"+name+"}")
}

// blocks is the loop over paragraphs, dashes, plus signs, tables and what else
// there is under name.
func blocks(name string, more ...string) string {
	return tag("{#"+name+"}") +
		tag("{#text}") + p("VTBody", run("{text}")) + tag("{/text}") +
		tag("{#dash}") + p("VTBody", run("- {dash}")) + tag("{/dash}") +
		tag("{#plus}") + p("VTBody", run("+ {plus}")) + tag("{/plus}") +
		tag("{#table}") + p("VTCell", run("{~~table}")) + p("VTGap") + tag("{/table}") +
		strings.Join(more, "") +
		tag("{/"+name+"}")
}

// points are a), b), c).
func points() string {
	return tag("{#points}") +
		tag("{#title}") + p("VTPoint", run("{$a}) {title}")) + tag("{/title}") +
		tag("{#text}") + p("VTBody", run("{^title}{$a}) {/title}{text}")) + tag("{/text}") +
		blocks("body") +
		tag("{/points}")
}

// clauses are 1., 2., 3., with a title in bold or with their text behind the
// number.
func clauses() string {
	return tag("{#clauses}") +
		tag("{#title}") + p("VTClause", run("{$1}. {title}")) + tag("{/title}") +
		tag("{#text}") + p("VTBody", run("{^title}{$1}. {/title}{text}")) + tag("{/text}") +
		blocks("body") +
		points() +
		blocks("closing") +
		tag("{/clauses}")
}

// sections are I, II, III, or what number prints; more is what their body may
// have besides.
func sections(number string, more ...string) string {
	return tag("{#sections}") +
		p("VTSection", run(number+". {title}")) +
		blocks("body", more...) +
		clauses() +
		blocks("closing") +
		tag("{/sections}")
}

// articles are Điều 1, Điều 2, with a title on a line of its own or with their
// text behind the number (PL I, II.6.e).
func articles(number string) string {
	return tag("{#articles}") +
		tag("{#title}") + p("VTArticle", run("Điều "+number+". {title}")) + tag("{/title}") +
		tag("{#text}") + p("VTBody", run("{^title}"), bold("Điều "+number+"."), run(" {/title}{text}")) + tag("{/text}") +
		blocks("body") +
		clauses() +
		tag("{/articles}")
}

func bold(text string) string { return styled(`<w:b/><w:bCs/>`, text) }

// chapters are Chương I, II with Mục 1, 2 and articles numbered through all of
// them.
func chapters() string {
	return tag("{#chapters}") +
		p("VTChapter", run("Chương {$I}")) + p("VTChapterTitle", run("{title}")) +
		articles("{number}") +
		tag("{#parts}") +
		p("VTPart", run("Mục {$1}")) + p("VTChapterTitle", run("{title}")) +
		articles("{number}") +
		tag("{/parts}") +
		tag("{/chapters}")
}

// reference says which document an annex or an attached document belongs to.
// In an electronic document its number and date stay blank (NĐ 30/2020, PL I,
// III.1.c). A blank is one space made wide: no sign in the text says that
// something is still to be filled in, because nothing is.
func reference() string {
	return p("VTReference", run("(Kèm theo {$.type.name} số"), wide(480), run("{$.symbol} ngày"), wide(300), run("tháng"), wide(300), run("năm {$.year}"),
		`<w:r><w:br/></w:r>`, run("của {$.issuer.name})"))
}

// wide is a space with so many twentieths of a point added.
func wide(more int) string { return styled(fmt.Sprintf(`<w:spacing w:val="%d"/>`, more), " ") }

// annexes go on pages of their own, numbered from 1 each. The break at the head
// of the loop ends the section before; all sections are alike but for their
// foot, which see.
func annexes(f form) string {
	if !f.annexes {
		return ""
	}
	breaks := sectionBreak(noFoot)
	if f.letter {
		breaks = tag("{#first}") + sectionBreak(contactFoot) + tag("{/first}") +
			tag("{^first}") + sectionBreak(emptyFoot) + tag("{/first}")
	}
	return tag("{#content.annexes}") + breaks +
		p("VTAnnex", run("{label}")) + p("VTAnnexTitle", run("{title}")) + reference() + p("VTGap") +
		blocks("body", f.extras()...) +
		sections("{$I}", f.extras()...) +
		tag("{/content.annexes}")
}
