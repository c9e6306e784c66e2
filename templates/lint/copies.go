package lint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"vanthu/record"
)

var (
	copiesMark = regexp.MustCompile(`\(0*(\d{1,6})\)$`)
	entrySign  = strings.NewReplacer("\u00a0", " ", "\u2011", "-")
)

// judgeCopies compares the printed list with the register's, and the number of
// copies at the drafter's mark with both (Điều 17.1.a): entries are the lines
// from the first recipient to the drafter's mark, "Như trên" meaning the
// addressees.
func judgeCopies(f *finder, at spot, entries, addressees []string, about About) {
	printed := addressees
	copies := -1
	for _, e := range entries {
		switch {
		case filedBegin.MatchString(e):
		case drafterLine.MatchString(e):
			if m := copiesMark.FindStringSubmatch(e); m != nil {
				copies, _ = strconv.Atoi(m[1])
			}
		case !strings.HasPrefix(e, "- Như "):
			printed = append(printed, strings.TrimRight(strings.TrimLeft(e, "- "), ";."))
		}
	}
	if about.Document != nil {
		judgeList(f, at, printed, about.Document.List)
	}
	if copies < 0 {
		return
	}
	if want := copiesOf(about); want > 0 && want != copies {
		f.breach(at, "Số lượng bản phát hành khác số bản gửi và lưu đã đăng ký", fmt.Sprint(copies), fmt.Sprint(want))
	} else if copies < len(printed)+1 {
		f.warn(at, "Số lượng bản phát hành ít hơn số nơi nhận", fmt.Sprintf("%d bản, %d nơi nhận và bản lưu", copies, len(printed)), "mỗi nơi nhận ít nhất một bản")
	}
}

// copiesOf is how many paper copies the register says, 0 where it says none
// for someone.
func copiesOf(about About) int {
	if about.Document == nil || about.Document.List.Filing.Copies == 0 {
		return 0
	}
	total := about.Document.List.Filing.Copies
	for _, r := range about.Document.List.Recipients {
		if r.Copies == 0 {
			return 0
		}
		total += r.Copies
	}
	return total
}

// judgeList: who is printed is who the document will be sent to.
func judgeList(f *finder, at spot, printed []string, list record.DistributionList) {
	if len(list.Recipients) == 0 {
		return
	}
	open := map[string]int{}
	for _, p := range printed {
		open[recipientKey(p)]++
	}
	for _, r := range list.Recipients {
		key := recipientKey(r.Name)
		if open[key] == 0 {
			f.breach(at, "Nơi nhận đã đăng ký mà không in trong văn bản", r.Name, "đúng các nơi nhận đã đăng ký")
			continue
		}
		open[key]--
	}
	for _, p := range printed {
		if key := recipientKey(p); open[key] > 0 {
			open[key]--
			f.breach(at, "Nơi nhận in trong văn bản mà không có trong danh sách đã đăng ký", p, "đúng các nơi nhận đã đăng ký")
		}
	}
}

func recipientKey(s string) string {
	return strings.TrimRight(fold(entrySign.Replace(s)), ";. ")
}
