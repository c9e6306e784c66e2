package main

import (
	"fmt"
	"strings"
)

// The table of tasks: what is to be done, by whom, with whom, from when to when,
// with what result. Tasks may stand in groups, each under a row of its own that
// is merged over all columns.

// taskColumns fill the 165 mm between the margins; the narrow ones are as wide
// as "Tháng" or "12/2024" in 13 pt.
var taskColumns = []struct {
	width       int // twentieths of a point
	title       string
	style, name string
}{
	{610, "STT", "VTCellCenter", ""},
	{2430, "Nội dung công việc", "VTCell", "task"},
	{1180, "Cơ quan chủ trì", "VTCell", "lead"},
	{1460, "Cơ quan thực hiện hoặc phối hợp", "VTCell", "partners"},
	{970, "Thời gian bắt đầu", "VTCellCenter", "start"},
	{970, "Thời gian hoàn thành", "VTCellCenter", "finish"},
	{1734, "Dự kiến kết quả", "VTCell", "result"},
}

func tasks() string {
	var grid, header strings.Builder
	total := 0
	for _, c := range taskColumns {
		fmt.Fprintf(&grid, `<w:gridCol w:w="%d"/>`, c.width)
		header.WriteString(taskCell(c.width, 1, p("VTCellHead", run(c.title))))
		total += c.width
	}
	return tag("{#tasks}") + fmt.Sprintf(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>%s</w:tblBorders><w:tblLayout w:type="fixed"/>`+
		`<w:tblCellMar><w:top w:w="34" w:type="dxa"/><w:left w:w="57" w:type="dxa"/><w:bottom w:w="34" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>%s</w:tblGrid>`, total, tableBorders(), grid.String()) +
		`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>` + header.String() + `</w:tr>` +
		`<w:tr><w:trPr><w:cantSplit/></w:trPr>` + taskCell(total, len(taskColumns), p("VTCellGroup", run("{#groups}{$I}. {title}"))) + `</w:tr>` +
		taskRow("{/groups}") + taskRow("") + `</w:tbl>` + p("VTGap") + tag("{/tasks}")
}

// taskRow is one task; behind closes the loop around its own.
func taskRow(behind string) string {
	var b strings.Builder
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	for i, c := range taskColumns {
		text := "{#" + c.name + "}{" + c.name + "}{/" + c.name + "}"
		switch i {
		case 0:
			text = "{#items}{$1}"
		case len(taskColumns) - 1:
			text += "{/items}" + behind
		}
		b.WriteString(taskCell(c.width, 1, p(c.style, run(text))))
	}
	b.WriteString(`</w:tr>`)
	return b.String()
}

func taskCell(width, span int, content string) string {
	merged := ""
	if span > 1 {
		merged = fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, span)
	}
	return fmt.Sprintf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="center"/></w:tcPr>%s</w:tc>`, width, merged, content)
}

func tableBorders() string {
	var b strings.Builder
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&b, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`, side)
	}
	return b.String()
}
