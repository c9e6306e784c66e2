package storage

import (
	"context"
	"database/sql"

	"vanthu/record"
)

// By is what the lines of a report stand for.
type By string

const (
	ByYear      By = "year"
	ByMonth     By = "month"
	ByType      By = "type"
	ByUnit      By = "unit"
	BySignatory By = "signatory"
)

// keys are the columns that make a line's key and name.
var keys = map[By][2]string{
	ByYear:      {"CAST(year AS TEXT)", "CAST(year AS TEXT)"},
	ByMonth:     {"substr(date, 6, 2)", "substr(date, 6, 2)"},
	ByType:      {"type", "max(type_name)"},
	ByUnit:      {"unit", "unit"},
	BySignatory: {"person", "max(signatory)"},
}

// Summary is one line of a report on a year's register: what was numbered, what
// became of it, and how it went out. All counts are of documents unless said
// otherwise.
type Summary struct {
	Series string `json:"series"`
	Key    string `json:"key"`  // "2024", "03", a type's code, a unit's abbreviation, a person's id
	Name   string `json:"name"` // of the type or person, else the key

	Numbers    int `json:"numbers"` // that were given: the sum of the next six
	Waiting    int `json:"waiting"` // for the seal
	Issued     int `json:"issued"`
	Voided     int `json:"voided"`
	Recalled   int `json:"recalled"`
	Superseded int `json:"superseded"`
	Registered int `json:"registered"` // without a file here: on paper, or of an old book
	First      int `json:"first"`      // number
	Last       int `json:"last"`

	Recipients int `json:"recipients"` // places on the lists of what was issued or registered, also when recalled or superseded
	Portal     int `json:"portal"`     // deliveries that left by link
	Email      int `json:"email"`      // by e-mail
	Paper      int `json:"paper"`      // on paper
}

// Summary reports on a journal's year, of one series or with "" of each: a line
// for every series and key, in their order. An unknown by is Invalid.
func (x *Index) Summary(ctx context.Context, journal string, year int, series string, by By) ([]Summary, error) {
	of, ok := keys[by]
	if !ok {
		return nil, record.Faulty("query-invalid", "Câu hỏi tra cứu không hợp lệ", []record.Fault{{
			Pointer: "/by", Code: "enum", Message: "Báo cáo theo year, month, type, unit hoặc signatory"}})
	}
	query := `SELECT series, ` + of[0] + ` AS key, ` + of[1] + `, count(*), sum(state = 'numbered'), sum(state = 'issued'), sum(state = 'voided'),
			sum(state = 'recalled'), sum(state = 'superseded'), sum(state = 'registered'), min(number), max(number),
			sum(CASE WHEN state IN ('issued', 'recalled', 'superseded', 'registered') THEN json_array_length(recipients) ELSE 0 END), sum(portal), sum(email), sum(paper)
		FROM documents INDEXED BY documents_register
		WHERE journal = ? AND year = ? AND number > 0 AND (? = '' OR series = ?)
		GROUP BY series, key ORDER BY series, key`
	var out []Summary
	err := x.use(ctx, func(db *sql.DB) error {
		rows, err := db.QueryContext(ctx, query, journal, year, series, series)
		if err != nil {
			return err
		}
		defer rows.Close()
		out = nil
		for rows.Next() {
			var s Summary
			if err := rows.Scan(&s.Series, &s.Key, &s.Name, &s.Numbers, &s.Waiting, &s.Issued, &s.Voided, &s.Recalled, &s.Superseded, &s.Registered,
				&s.First, &s.Last, &s.Recipients, &s.Portal, &s.Email, &s.Paper); err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	return out, err
}

// Sum adds lines up, of whatever keys they are.
func Sum(lines []Summary) Summary {
	var all Summary
	for _, s := range lines {
		if all.First == 0 || s.First < all.First {
			all.First = s.First
		}
		all.Last = max(all.Last, s.Last)
		all.Numbers += s.Numbers
		all.Waiting += s.Waiting
		all.Issued += s.Issued
		all.Voided += s.Voided
		all.Recalled += s.Recalled
		all.Superseded += s.Superseded
		all.Registered += s.Registered
		all.Recipients += s.Recipients
		all.Portal += s.Portal
		all.Email += s.Email
		all.Paper += s.Paper
	}
	return all
}
