package server

import (
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"vanthu/record"
	"vanthu/server/accounts"
	"vanthu/storage"
)

const (
	mediaNote  = "text/plain; charset=utf-8"
	mediaZIP   = "application/zip"
	mediaToken = "application/timestamp-reply"
	mediaBytes = "application/octet-stream"
)

// LogState is a journal's Merkle log as it was last signed.
type LogState struct {
	Organization string `json:"organization"`
	Origin       string `json:"origin" doc:"Name of the log in its checkpoints (C2SP tlog-checkpoint)"`
	Key          string `json:"key" doc:"Public key, as tools for signed notes take it"`
	Size         uint64 `json:"size" doc:"Entries, of the newest checkpoint; 0 for none yet"`
	Root         string `json:"root,omitempty" doc:"Base64"`
	Stamped      bool   `json:"stamped" doc:"The checkpoint has an RFC 3161 token"`
}

// LogProof places an entry or an earlier state in a signed log (RFC 6962, 2.1).
type LogProof struct {
	Organization string      `json:"journal"`
	Size         uint64      `json:"size"`
	Root         tlog.Hash   `json:"root" doc:"Base64"`
	Entry        uint64      `json:"entry,omitempty" doc:"Whose place is proven"`
	From         uint64      `json:"from,omitempty" doc:"Size of the earlier state"`
	Path         []tlog.Hash `json:"path" doc:"Base64"`
}

// Audited is what the last audit of the archive found.
type Audited struct {
	Begun    string            `json:"begun" doc:"RFC 3339"`
	Seconds  float64           `json:"seconds"`
	Good     bool              `json:"good"`
	Objects  int               `json:"objects"`
	Bytes    int64             `json:"bytes"`
	Versions int               `json:"versions"`
	Entries  int               `json:"entries"`
	Problems []storage.Problem `json:"problems"`
	Repaired []string          `json:"repaired" doc:"Keys put back from a good copy since"`
}

var (
	proofQuery = []member{{name: "entry", kind: "integer", doc: "Chứng minh mục này nằm trong nhật ký đã chốt"},
		{name: "from", kind: "integer", doc: "Chứng minh điểm chốt nối tiếp điểm chốt có chừng này mục"},
		{name: "size", kind: "integer", doc: "Điểm chốt; mặc định điểm mới nhất"}}
	auditors = access{scope: accounts.ScopeRead, roles: []record.Role{record.Archivist, record.Administrator}}
)

// keepingRoutes are what an archivist keeps the archive by.
func keepingRoutes() []*route {
	get := func(path, id, summary string, a access, answer any, media string, query []member, handle func(*Server, *call) error) *route {
		r := &route{method: "GET", path: api + path, id: id, summary: summary, tag: "archive", access: a, answer: answer, query: query, handle: handle}
		if media != "" {
			r.media = []string{media}
		}
		return r
	}
	return []*route{
		{method: "GET", path: api + "/audit", id: "showAudit", summary: "Kết quả lần kiểm tra kho gần nhất", tag: "archive", access: auditors, answer: Audited{}, also: []int{http.StatusNotFound}, handle: showAudit},
		get("/logs/{organization}", "showLog", "Nhật ký Merkle của cơ quan: điểm chốt mới nhất và khóa; các ô ở .../tile/ theo C2SP tlog-tiles", keepers, LogState{}, "", nil, showLog),
		get("/logs/{organization}/checkpoint", "showCheckpoint", "Điểm chốt mới nhất (C2SP tlog-checkpoint)", keepers, nil, mediaNote, nil, serveCheckpoint),
		get("/logs/{organization}/stamp", "showStamp", "Dấu thời gian RFC 3161 của điểm chốt mới nhất", keepers, nil, mediaToken, nil, serveStamp),
		get("/logs/{organization}/tile/{level}/{index...}", "showTile", "Ô nhật ký (C2SP tlog-tiles)", keepers, nil, mediaBytes, nil, serveTile),
		get("/logs/{organization}/proof", "showProof", "Chứng minh một mục, hoặc sự nối tiếp của hai điểm chốt", keepers, LogProof{}, "", proofQuery, serveProof),
		{method: "GET", path: api + "/documents/{id}/package", id: "showPackage", summary: "Gói chứng cứ: kiểm tra được không cần mạng hay kho", tag: "archive", access: reader, media: []string{mediaZIP}, slow: true, also: []int{http.StatusConflict}, reads: "package", handle: servePackage},
	}
}

func servePackage(s *Server, c *call) error {
	b, err := s.cfg.Packages.Build(c.ctx, c.doc)
	if err != nil {
		return err
	}
	name := strings.ReplaceAll(strings.TrimPrefix(c.doc.Symbol, "/"), "/", "_") + "-chung-cu.zip"
	return c.file(b, record.DigestOf(b), mediaZIP, name)
}

func showAudit(s *Server, c *call) error {
	a, err := s.cfg.Audits.Last(c.ctx)
	if err != nil {
		return err
	}
	out := Audited{Begun: a.Begun.In(record.Office).Format(time.RFC3339), Seconds: a.Took.Seconds(), Good: a.Report.Good(), Objects: a.Report.Objects, Bytes: a.Report.Bytes,
		Versions: a.Report.Versions, Entries: a.Report.Entries, Problems: append([]storage.Problem{}, a.Report.Problems...), Repaired: append([]string{}, a.Repaired...)}
	return c.json(out)
}

func showLog(s *Server, c *call) error {
	journal := c.Param("organization")
	out := LogState{Organization: journal, Origin: storage.Origin(journal), Key: storage.VerifierKey(journal, s.cfg.Logs.Signer.Public())}
	cp, err := s.cfg.Logs.Latest(c.ctx, journal)
	if err != nil && record.CodeOf(err) != "log-empty" {
		return err
	}
	if err == nil {
		out.Size, out.Root, out.Stamped = cp.Size, cp.Root.String(), cp.Stamp != nil
	}
	return c.json(out)
}

func serveCheckpoint(s *Server, c *call) error {
	cp, err := s.cfg.Logs.Latest(c.ctx, c.Param("organization"))
	if err != nil {
		return err
	}
	return c.file(cp.Note, record.DigestOf(cp.Note), mediaNote, "diem-chot.txt")
}

func serveStamp(s *Server, c *call) error {
	cp, err := s.cfg.Logs.Latest(c.ctx, c.Param("organization"))
	if err != nil {
		return err
	}
	if cp.Stamp == nil {
		return record.E(record.NotFound, "stamp-not-found", "Điểm chốt chưa có dấu thời gian")
	}
	return c.file(cp.Stamp, record.DigestOf(cp.Stamp), mediaToken, "diem-chot.tst")
}

func serveTile(s *Server, c *call) error {
	t, err := storage.ParseTile("tile/" + c.Param("level") + c.Param("index"))
	if err != nil {
		return err
	}
	cp, err := s.cfg.Logs.Latest(c.ctx, c.Param("organization"))
	if err != nil {
		return err
	}
	b, err := s.cfg.Logs.Tile(c.ctx, cp, t)
	if err != nil {
		return err
	}
	return c.file(b, record.DigestOf(b), mediaBytes, "o-nhat-ky")
}

func serveProof(s *Server, c *call) error {
	q, err := readQuery(c.Request, proofQuery)
	if err != nil {
		return err
	}
	entry, from := uint64(q.number("entry")), uint64(q.number("from"))
	if (entry == 0) == (from == 0) {
		return record.Faulty("proof-of-what", "Chưa rõ chứng minh điều gì", []record.Fault{{Pointer: "/entry", Code: "required", Message: "Nêu entry hoặc from, không nêu cả hai"}})
	}
	journal := c.Param("organization")
	var cp storage.Checkpoint
	if size := q.number("size"); size > 0 {
		cp, err = s.cfg.Logs.At(c.ctx, journal, uint64(size))
	} else {
		cp, err = s.cfg.Logs.Latest(c.ctx, journal)
	}
	if err != nil {
		return err
	}
	p := LogProof{Organization: journal, Size: cp.Size, Root: cp.Root, Entry: entry, From: from}
	if entry > 0 {
		p.Path, err = s.cfg.Logs.Inclusion(c.ctx, cp, entry)
	} else {
		p.Path, err = s.cfg.Logs.Consistency(c.ctx, cp, from)
	}
	if err != nil {
		return err
	}
	if p.Path == nil {
		p.Path = []tlog.Hash{}
	}
	return c.json(p)
}
