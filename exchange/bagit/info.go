package bagit

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// lines of a tag file, which may end with LF, CR or CRLF; an empty last one is
// none.
func (c *checker) lines(path string) ([]string, error) {
	b, err := c.files[path].Bytes(maxTagFile)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(b) || strings.HasPrefix(string(b), "\uFEFF") {
		c.fault("bagit-encoding", path, "Tệp mô tả phải là UTF-8, không có dấu thứ tự byte")
		return nil, nil
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(b))
	if text = strings.TrimSuffix(text, "\n"); text == "" {
		return nil, nil
	}
	return strings.Split(text, "\n"), nil
}

// info reads bag-info.txt and compares its Payload-Oxum with what was counted.
func (c *checker) info() error {
	if _, ok := c.files[infoFile]; !ok {
		c.warn("bagit-info", infoFile, "Gói không có bag-info.txt")
		return nil
	}
	lines, err := c.lines(infoFile)
	if err != nil {
		return err
	}
	for i, line := range lines {
		last := len(c.report.Info) - 1
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			if last >= 0 {
				t := &c.report.Info[last]
				t.Value = strings.TrimSpace(t.Value + " " + strings.TrimSpace(line))
				continue
			}
		}
		label, value, ok := strings.Cut(line, ":")
		if !ok || label == "" || strings.TrimSpace(label) != label {
			c.fault("bagit-info", fmt.Sprintf("%s, dòng %d", infoFile, i+1), "Dòng không có dạng “Tên: giá trị”")
			continue
		}
		c.report.Info = append(c.report.Info, Tag{label, strings.TrimSpace(value)})
	}
	c.oxum()
	return nil
}

func (c *checker) oxum() {
	count := 0
	for _, t := range c.report.Info {
		if !strings.EqualFold(t.Label, "Payload-Oxum") {
			continue
		}
		count++
		if want := fmt.Sprintf("%d.%d", c.report.Bytes, c.report.Files); t.Value != want {
			c.fault("bagit-oxum", infoFile, fmt.Sprintf("Payload-Oxum ghi %q, gói có %s", t.Value, want))
		}
	}
	if count > 1 {
		c.fault("bagit-oxum", infoFile, "Payload-Oxum ghi nhiều lần")
	}
}
